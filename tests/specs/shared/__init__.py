"""What the specs share."""
