//! Hands what libFuzzer makes up to the target that `ORGATLAS_TARGET` names; `fuzz/run` starts it.
#![no_main]

use std::sync::OnceLock;

#[path = "../targets/mod.rs"]
mod targets;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fn chosen() -> fn(&[u8]) {
    let name = std::env::var("ORGATLAS_TARGET").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|(known, _)| *known == name);
    let names: Vec<_> = targets::TARGETS.iter().map(|(known, _)| *known).collect();
    found.unwrap_or_else(|| panic!("ORGATLAS_TARGET is none of {}", names.join(", "))).1
}

libfuzzer_sys::fuzz_target!(
    init: {
        // The hook that ends the process would also meet panics of libraries that the program makes errors of.
        drop(std::panic::take_hook());
        orgatlas::caught::hide_caught_panics("sled-");
        let _ = TARGET.set(chosen());
    },
    |data: &[u8]| {
        if let Some(target) = TARGET.get() {
            target(data);
        }
    }
);
