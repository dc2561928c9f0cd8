//! What documents become: rows, lists, search documents, and the JSON that is served.

mod rows;
mod served;
