//! Runs a hot kernel a number of times so that Valgrind can count its instructions: see
//! `scripts/check_instructions.py`.
//!
//! Usage: `instructions NAME TIMES`; `instructions tier` prints the vector tier; without arguments, the
//! names of all kernels. Valgrind does not support AVX-512, so kernels run at the AVX2 tier there.

mod hot;

use std::process::ExitCode;

use posecodec::simd::Tier;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut cases = hot::cases();
    match &arguments[..] {
        [name, times] => {
            let Some(case) = cases.iter_mut().find(|case| case.name == name) else {
                eprintln!("there is no kernel {name:?}");
                return ExitCode::FAILURE;
            };
            for _ in 0..times.parse::<usize>().expect("a number") {
                (case.run)();
            }
        }
        [argument] if argument == "tier" => println!("{}", Tier::current().name()),
        _ => cases.iter().for_each(|case| println!("{}", case.name)),
    }
    ExitCode::SUCCESS
}
