//! Basic authentication, for clients that know no other: the user is what names a key, the password is the key.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};

/// User and password.
pub fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn user_and_password() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).expect("a header"));
            basic(&headers)
        };
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(read("Basic YTpi"), pair("a", "b"));
        assert_eq!(read("bAsIc  YTpi "), pair("a", "b"));
        assert_eq!(read("Basic YTpiOmM="), pair("a", "b:c"), "only the first colon counts");
        assert_eq!(read("Basic Og=="), pair("", ""));
        for wrong in ["Basic", "Basic ", "Basic YQ==", "Basic !!!", "Basic gIA6gA==", "Bearer YTpi", "YTpi"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
    }
}
