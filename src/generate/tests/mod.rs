mod counts;
mod gaps;
mod records;
mod world;
