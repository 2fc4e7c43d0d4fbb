//! Runs a hot kernel so many times, for Valgrind to count its instructions: see
//! `scripts/check_instructions.py`.
//!
//! Without arguments it names the kernels. Valgrind knows no AVX-512, so that the kernels take their
//! AVX2 path there; `tier` says so.

mod hot;

use std::process::ExitCode;

use posecodec::simd::Tier;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut cases = hot::cases();
    match &arguments[..] {
        [name, times] => {
            let Some(case) = cases.iter_mut().find(|case| case.name == name) else {
                eprintln!("no kernel is called {name}");
                return ExitCode::FAILURE;
            };
            for _ in 0..times.parse::<usize>().expect("a number") {
                (case.run)();
            }
        }
        [word] if word == "tier" => println!("{}", Tier::current().name()),
        _ => cases.iter().for_each(|case| println!("{}", case.name)),
    }
    ExitCode::SUCCESS
}
