//! What fuzzing keeps is given to its targets again, each time.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

#[path = "../../fuzz/targets/mod.rs"]
mod targets;

#[test]
fn no_input_of_the_corpus_does_harm() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let inputs: Vec<_> =
            fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(inputs.len() > 2, "{name} has no corpus");
        for input in inputs {
            let bytes = fs::read(&input).unwrap();
            catch_unwind(|| target(&bytes)).unwrap_or_else(|_| panic!("{}: it does harm", input.display()));
        }
    }
}
