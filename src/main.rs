//! The command line of Orgatlas: parse, run, print, exit.

fn main() {}
