//! The files of the web interface.

use http::Method;
use promptory_server::{Config, http::ui::Ui};

use crate::{
    db::Db,
    server::{Person, Server},
};

const PAGE: &str = "<!doctype html><title>here</title>";

/// A server with a small interface, and somebody with a browser.
async fn with_pages(db: &Db) -> Person {
    let folder = db.folder().join("dist");
    std::fs::create_dir_all(folder.join("assets")).expect("made");
    for (name, text) in [
        ("index.html", PAGE),
        ("index.html.br", "small page"),
        ("favicon.svg", "<svg/>"),
        (".secret", "hidden"),
        ("assets/app-1a2b.js", "let here = 1"),
        ("assets/app-1a2b.js.br", "br of it"),
        ("assets/app-1a2b.js.gz", "gz of it"),
        ("assets/style-3c4d.css", "a{}"),
        ("assets/font-5e6f.woff2", "font"),
    ] {
        std::fs::write(folder.join(name), text).expect("written");
    }
    let config = Config { ui: Ui::Folder(folder), ..db.config() };
    Server::start_with(db, &config).await.anon()
}

both!(every_address_that_is_nobodys_leads_to_the_page, async |db| {
    let browser = with_pages(db).await;
    for path in [
        "/",
        "/index.html",
        "/prompts/support%2Freply",
        "/welcome",
        "/a/b/c?d=e",
        "/apis",
        "/.secret",
        "/%2e%2e/x",
    ] {
        let answer = browser.ask(&Method::GET, path, None).await;
        assert_eq!((answer.status, answer.text()), (200, PAGE), "{answer}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer}");
        }
        assert!(answer.header("permissions-policy").is_some_and(|policy| policy.contains("camera=()")));
        let tag = answer.header("etag").expect("a tag").to_owned();
        let again = browser.with("if-none-match", &tag).ask(&Method::GET, path, None).await;
        assert_eq!((again.status, again.text()), (304, ""), "{again}");
    }
    let head = browser.ask(&Method::HEAD, "/prompts", None).await;
    assert_eq!((head.status, head.text()), (200, ""));
    assert_eq!(head.header("content-length"), Some(PAGE.len().to_string().as_str()));
});

both!(files_with_their_kind_and_as_small_as_wanted, async |db| {
    let browser = with_pages(db).await;
    for (path, kind) in [
        ("/assets/app-1a2b.js", "text/javascript; charset=utf-8"),
        ("/assets/style-3c4d.css", "text/css; charset=utf-8"),
        ("/assets/font-5e6f.woff2", "font/woff2"),
    ] {
        let answer = browser.ask(&Method::GET, path, None).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(
            (answer.header("vary"), answer.header("content-encoding")),
            (Some("accept-encoding"), None)
        );
    }
    let icon = browser.ask(&Method::GET, "/favicon.svg", None).await;
    assert_eq!(
        (icon.header("content-type"), icon.header("cache-control")),
        (Some("image/svg+xml"), Some("no-cache"))
    );
    for (wanted, encoding, text) in [
        ("gzip, deflate, br", Some("br"), "br of it"),
        ("gzip", Some("gzip"), "gz of it"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gz of it"),
        ("zstd", None, "let here = 1"),
    ] {
        let answer =
            browser.with("accept-encoding", wanted).ask(&Method::GET, "/assets/app-1a2b.js", None).await;
        assert_eq!((answer.header("content-encoding"), answer.text()), (encoding, text), "{wanted}");
    }
    let one = browser.with("accept-encoding", "br").ask(&Method::GET, "/", None).await;
    assert_eq!(one.text(), "small page");
    assert_ne!(
        one.header("etag"),
        browser.ask(&Method::GET, "/", None).await.header("etag"),
        "other bytes, another tag"
    );
});

both!(what_is_not_the_interfaces_stays_as_it_is, async |db| {
    let browser = with_pages(db).await;
    for path in [
        "/api",
        "/api/v1/none",
        "/api/none",
        "/assets/none.js",
        "/assets/",
        "/assets/app-1a2b.js.br",
        "/healthz/none",
    ] {
        browser.ask(&Method::GET, path, None).await.is(404).refused("not_found");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = browser.ask(&method, "/prompts", None).await;
        answer.is(404).refused("not_found");
    }
    browser.get("/healthz").await.good();
    browser.get("/api/v1/prompts").await.is(401);
    assert!(browser.get("/api/docs").await.good().text().contains("<html"));
});

both!(a_server_without_the_interface_says_how_to_get_it, async |db| {
    let app = Server::start(db).await;
    let page = app.anon().with("accept", "text/html,*/*;q=0.8").ask(&Method::GET, "/", None).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("cargo xtask run") && page.text().contains("npm run build"), "{page}");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.starts_with("default-src 'none'"))
    );
    app.anon().ask(&Method::GET, "/", None).await.is(404).refused("not_found");
});
