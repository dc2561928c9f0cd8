//! What both APIs say of HTTP, once: problems, conditions, positions, cursors, keys, correlation ids.
