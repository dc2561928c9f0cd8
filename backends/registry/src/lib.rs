//! The schema registry, over the Confluent API of any registry that speaks it.
