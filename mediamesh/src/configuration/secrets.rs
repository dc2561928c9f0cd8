//! Named secrets: what sources sign in with. Sources name them; none of the values is ever shown.

use super::Wrong;
use super::place::{Hidden, Place};
use mediamesh_connectors::source::Credential;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// How a secret is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// As a password, with the `user`'s name.
    Basic,
    /// As a bearer token.
    Bearer,
    /// As the value of the header `name`.
    Header,
    /// As the value of the query parameter `name`.
    Query,
}

/// One secret: how it is sent, and where its value is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedSecret {
    /// How it is sent.
    pub kind: Kind,
    /// The user's name, for `basic`.
    pub user: Option<String>,
    /// The name of the header or parameter, for `header` and `query`.
    pub name: Option<String>,
    /// The value itself.
    pub value: Option<Hidden>,
    /// The environment's variable that has the value.
    pub variable: Option<String>,
    /// The file that has the value; white space around it is left out.
    pub file: Option<PathBuf>,
}

impl NamedSecret {
    /// Takes in the variables, and says what is wrong.
    pub(super) fn check(
        &mut self,
        name: &str,
        variables: &HashMap<String, String>,
    ) -> Result<(), Wrong> {
        let wrong = |what: String| Err(Wrong(format!("secrets.{name}: {what}")));
        let mut place = self.place();
        place.check(&format!("secrets.{name}"), variables)?;
        let needed = match self.kind {
            Kind::Basic => ("user", self.user.is_some(), self.name.is_none()),
            Kind::Bearer => ("", true, self.user.is_none() && self.name.is_none()),
            Kind::Header | Kind::Query => ("name", self.name.is_some(), self.user.is_none()),
        };
        match needed {
            (key, false, _) => return wrong(format!("{key} is missing")),
            (_, _, false) => {
                return wrong("user is for basic, name for header and query".to_owned());
            }
            _ => {}
        }
        (self.value, self.variable) = (place.value, None);
        Ok(())
    }

    /// Where the value is.
    pub(super) fn place(&self) -> Place {
        Place {
            value: self.value.clone(),
            variable: self.variable.clone(),
            file: self.file.clone(),
        }
    }

    /// What is sent; reads the file where the value is in one.
    ///
    /// # Errors
    /// [`Wrong`] where the file cannot be read or is empty.
    pub fn credential(&self, name: &str) -> Result<Credential, Wrong> {
        let value = self.place().read(&format!("secrets.{name}"))?;
        let value = value.reveal();
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(match self.kind {
            Kind::Basic => Credential::basic(&given(&self.user), value),
            Kind::Bearer => Credential::bearer(value),
            Kind::Header => Credential::header(&given(&self.name), value),
            Kind::Query => Credential::query(&given(&self.name), value),
        })
    }
}

/// What each named secret sends.
///
/// # Errors
/// [`Wrong`] where one of the values cannot be had.
pub fn credentials(
    secrets: &BTreeMap<String, NamedSecret>,
) -> Result<HashMap<String, Credential>, Wrong> {
    let one =
        |(name, secret): (&String, &NamedSecret)| Ok((name.clone(), secret.credential(name)?));
    secrets.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;

    fn read(file: &str) -> Result<Configuration, Wrong> {
        let variables = [("QUAY_KEY".to_owned(), "k3y-of-quay".to_owned())];
        Configuration::read(Some(("mediamesh.toml", file)), variables.into())
    }

    #[test]
    fn secrets_are_read_from_where_they_are_and_shown_nowhere() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "fr0m-a-file\n").unwrap();
        let text = format!(
            "[secrets.quay]\nkind = \"query\"\nname = \"key\"\nvariable = \"QUAY_KEY\"\n\
             [secrets.harbour]\nkind = \"basic\"\nuser = \"me\"\nvalue = \"pa55word\"\n\
             [secrets.pier]\nkind = \"bearer\"\nfile = {:?}\n",
            file.path()
        );
        let read = read(&text).unwrap();
        let found = credentials(&read.secrets).unwrap();
        assert_eq!(found["quay"], Credential::query("key", "k3y-of-quay"));
        assert_eq!(found["harbour"], Credential::basic("me", "pa55word"));
        assert_eq!(found["pier"], Credential::bearer("fr0m-a-file"));
        let shown = format!("{read:?} {found:?}");
        for secret in ["k3y", "pa55", "fr0m"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_used_ends_the_start_with_its_name() {
        for (text, what) in [
            ("kind = \"bearer\"", "give one of"),
            (
                "kind = \"bearer\"\nvalue = \"a\"\nfile = \"b\"",
                "give one of",
            ),
            ("kind = \"basic\"\nvalue = \"a\"", "user is missing"),
            ("kind = \"header\"\nvalue = \"a\"", "name is missing"),
            (
                "kind = \"bearer\"\nvalue = \"a\"\nname = \"b\"",
                "name for header",
            ),
            ("kind = \"bearer\"\nvariable = \"NONE\"", "no variable NONE"),
            ("kind = \"magic\"\nvalue = \"a\"", "kind"),
        ] {
            let wrong = read(&format!("[secrets.quay]\n{text}")).unwrap_err();
            assert!(wrong.0.contains(what), "{wrong}");
            assert!(wrong.0.contains("quay") || what == "kind", "{wrong}");
        }
        let gone = read("[secrets.quay]\nkind = \"bearer\"\nfile = \"/nowhere/at/all\"").unwrap();
        let wrong = credentials(&gone.secrets).unwrap_err();
        assert!(wrong.0.contains("/nowhere/at/all"), "{wrong}");
    }
}
