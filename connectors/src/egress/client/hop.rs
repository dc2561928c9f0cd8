//! One step of a request on its way through redirects.

use reqwest::StatusCode;
use url::Url;

use super::super::error::Error;
use super::super::policy::Policy;
use super::super::request::Request;
use super::super::vet;

/// Where the request stands. A value of this type has been vetted.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) url: Url,
    /// Whether the operator's list vouches for this address.
    pub(super) listed: bool,
    /// Whether the caller's own headers go along: not after leaving their origin, nor back on it.
    pub(super) with_secrets: bool,
    /// The end of the permanent redirects so far.
    pub(super) permanent: Option<Url>,
    /// Whether only permanent redirects came so far.
    only_permanent: bool,
    taken: usize,
}

impl Hop {
    /// The hop that a request begins with. What a document names is taken like a redirect from it.
    pub(super) fn first(request: &Request, policy: &Policy) -> Result<Self, Error> {
        let mut url = vet::url(&request.url, policy)?;
        let mut listed = policy.lists(&url);
        if let Some(document) = &request.named_by {
            listed &= Url::parse(document).is_ok_and(|document| policy.lists(&document));
            vet::permit(&url, policy, listed)?;
        }
        if !request.query.is_empty() {
            let mut pairs = url.query_pairs_mut();
            for (name, value) in &request.query {
                pairs.append_pair(name, value.reveal());
            }
        }
        Ok(Self {
            listed,
            url,
            with_secrets: true,
            permanent: None,
            only_permanent: true,
            taken: 0,
        })
    }

    /// The hop that a redirect leads to. The operator's list counts only on the way from a listed
    /// address: a page of the outside must not lead into what is listed.
    pub(super) fn next(
        self,
        status: StatusCode,
        location: &str,
        policy: &Policy,
    ) -> Result<Self, Error> {
        if self.taken >= policy.max_redirects {
            let max = policy.max_redirects;
            return Err(Error::TooManyRedirects { max });
        }
        let code = status.as_u16();
        let mut url = self
            .url
            .join(location)
            .map_err(|_| Error::BadRedirect { code })?;
        url.set_fragment(None);
        let listed = self.listed && policy.lists(&url);
        vet::permit(&url, policy, listed)?;
        let only_permanent = self.only_permanent && matches!(code, 301 | 308);
        Ok(Self {
            listed,
            with_secrets: self.with_secrets && self.url.origin() == url.origin(),
            permanent: if only_permanent {
                Some(url.clone())
            } else {
                self.permanent
            },
            only_permanent,
            taken: self.taken + 1,
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(start: &str, hops: &[(u16, &str)], policy: &Policy) -> Result<Hop, Error> {
        let first = Hop::first(&Request::get(start), policy)?;
        hops.iter().try_fold(first, |hop, (code, location)| {
            hop.next(StatusCode::from_u16(*code).unwrap(), location, policy)
        })
    }

    #[test]
    fn only_the_permanent_redirects_at_the_start_are_recorded() {
        let policy = Policy::default();
        for (hops, expected) in [
            (vec![(301, "/b")], Some("https://a.org/b")),
            (
                vec![(308, "/b"), (301, "//c.org/d#x")],
                Some("https://c.org/d"),
            ),
            (vec![(301, "/b"), (302, "/c")], Some("https://a.org/b")),
            (
                vec![(301, "/b"), (302, "/c"), (301, "/d")],
                Some("https://a.org/b"),
            ),
            (vec![(302, "/b"), (301, "/c")], None),
            (vec![(303, "/b")], None),
            (vec![(307, "/b")], None),
        ] {
            let hop = walk("https://a.org/a", &hops, &policy).unwrap();
            assert_eq!(
                hop.permanent.as_ref().map(Url::as_str),
                expected,
                "{hops:?}"
            );
        }
    }

    #[test]
    fn secrets_stay_on_their_origin() {
        let policy = Policy::default();
        for (hops, expected) in [
            (vec![(302, "/b")], true),
            (vec![(302, "https://a.org:443/b")], true),
            (vec![(302, "http://a.org/b")], false),
            (vec![(302, "https://b.org/")], false),
            (vec![(302, "https://www.a.org/")], false),
            (
                vec![(302, "https://b.org/"), (302, "https://a.org/")],
                false,
            ),
        ] {
            let hop = walk("https://a.org/a", &hops, &policy).unwrap();
            assert_eq!(hop.with_secrets, expected, "{hops:?}");
        }
    }

    #[test]
    fn a_redirect_is_vetted_like_a_first_address() {
        let mut policy = Policy::default();
        policy.origins.insert("127.0.0.1:8090".parse().unwrap());
        for location in [
            "http://127.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "//[::1]/",
            "file:///etc/passwd",
            "https://me:pw@b.org/",
            "http://b.org:22/",
            // Listed, yet the page that points there is not.
            "http://127.0.0.1:8090/",
        ] {
            let refused = walk("https://a.org/a", &[(302, location)], &policy).unwrap_err();
            assert!(
                matches!(refused, Error::Refused(_)),
                "{location}: {refused}"
            );
        }
        assert!(
            walk("http://127.0.0.1:8090/a", &[(302, "/b")], &policy)
                .unwrap()
                .listed
        );
        let out = walk(
            "http://127.0.0.1:8090/a",
            &[(302, "https://a.org/")],
            &policy,
        );
        assert!(!out.unwrap().listed);
    }

    #[test]
    fn what_a_document_names_is_vetted_like_a_redirect_from_it() {
        let mut policy = Policy::default();
        policy.origins.insert("127.0.0.1:8090".parse().unwrap());
        let named = |url: &str, by: &str| {
            let request = Request {
                named_by: Some(by.to_owned()),
                ..Request::get(url)
            };
            Hop::first(&request, &policy)
        };
        let listed = "http://127.0.0.1:8090/a";
        assert!(named(listed, "https://a.org/feed").is_err());
        assert!(named(listed, "not an address").is_err());
        assert!(named(listed, listed).unwrap().listed);
        assert!(!named("https://a.org/2", listed).unwrap().listed);
    }

    #[test]
    fn redirects_end_at_the_limit() {
        let policy = Policy::default();
        let five = vec![(302, "/b"); 5];
        assert!(walk("https://a.org/a", &five, &policy).is_ok());
        let six = vec![(302, "/b"); 6];
        let error = walk("https://a.org/a", &six, &policy).unwrap_err();
        assert!(
            matches!(error, Error::TooManyRedirects { max: 5 }),
            "{error}"
        );
    }
}
