//! How listeners pay.

use super::{Reading, owned, parsed};
use crate::ingest::Element;
use crate::model::{Value, ValueRecipient, limits};

impl Reading<'_> {
    /// Ways for listeners to pay while they listen.
    pub fn value(&self) -> Vec<Value> {
        let values = self.element.all("podcast:value").take(limits::LIST);
        values
            .map(|value| Value {
                kind: owned(value, "type").unwrap_or_default(),
                method: owned(value, "method").unwrap_or_default(),
                suggested: owned(value, "suggested"),
                recipients: value
                    .all("podcast:valueRecipient")
                    .take(limits::LIST)
                    .map(recipient)
                    .collect(),
            })
            .collect()
    }
}

fn recipient(element: &Element) -> ValueRecipient {
    let fee = element.attribute("fee");
    ValueRecipient {
        name: owned(element, "name"),
        kind: owned(element, "type").unwrap_or_default(),
        address: owned(element, "address").unwrap_or_default(),
        split: parsed(element, "split").unwrap_or(0),
        fee: fee.is_some_and(|fee| fee.eq_ignore_ascii_case("true")),
        custom_key: owned(element, "customKey"),
        custom_value: owned(element, "customValue"),
    }
}
