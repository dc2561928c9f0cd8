//! Looking into raw elements.

use super::Element;

impl Element {
    /// The children of this name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of one of these names that has any.
    #[must_use]
    pub fn text_of(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .flat_map(|name| {
                self.children
                    .iter()
                    .filter(move |child| child.name == *name)
            })
            .map(|child| child.text.trim())
            .find(|text| !text.is_empty())
    }

    /// An attribute that is not empty.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}
