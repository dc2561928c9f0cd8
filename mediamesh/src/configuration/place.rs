//! Where a password or key stands, and the value from there.

use super::Wrong;
use mediamesh_ports::secret::Secret;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

/// A value that is not shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a password or key stands: in the configuration itself, a variable or a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Place {
    /// The value itself.
    pub value: Option<Hidden>,
    /// The environment's variable that has the value.
    pub variable: Option<String>,
    /// The file that has the value; white space around it is left out.
    pub file: Option<PathBuf>,
}

impl Place {
    /// Takes in the variable.
    pub(super) fn check(
        &mut self,
        key: &str,
        variables: &HashMap<String, String>,
    ) -> Result<(), Wrong> {
        let given = [
            self.value.is_some(),
            self.variable.is_some(),
            self.file.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            return Err(Wrong(format!(
                "{key}: give one of value, variable and file"
            )));
        }
        if let Some(variable) = self.variable.take() {
            let Some(value) = variables.get(&variable) else {
                return Err(Wrong(format!("{key}: there is no variable {variable}")));
            };
            self.value = Some(Hidden(value.clone()));
        }
        Ok(())
    }

    /// The value; reads the file where it is in one.
    ///
    /// # Errors
    /// [`Wrong`] where the file cannot be read, or the value is empty.
    pub fn read(&self, key: &str) -> Result<Secret, Wrong> {
        let value = match (&self.value, &self.file) {
            (Some(Hidden(value)), _) => value.clone(),
            (None, Some(file)) => std::fs::read_to_string(file).map_err(|error| {
                Wrong(format!("{key}: {} cannot be read: {error}", file.display()))
            })?,
            (None, None) => String::new(),
        };
        match value.trim() {
            "" => Err(Wrong(format!("{key}: the value is empty"))),
            value => Ok(Secret::new(value)),
        }
    }
}
