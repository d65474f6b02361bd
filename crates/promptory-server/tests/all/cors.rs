//! Other origins: only those that were named.

use http::Method;
use serde_json::json;

use crate::{
    answer::Answer,
    db::Db,
    server::{Person, Server},
};

const SHOP: &str = "https://shop.example";

async fn with_origins(db: &Db, origins: &[&str]) -> Server {
    let mut config = db.config();
    config.cors_origins = origins.iter().map(|&origin| origin.to_owned()).collect();
    Server::start_with(db, &config).await
}

async fn preflight(person: &Person, origin: &str, method: &str) -> Answer {
    let asking = person.with("origin", origin).with("access-control-request-method", method).with(
        "access-control-request-headers",
        "authorization,content-type,idempotency-key,if-match,x-project",
    );
    asking.send(Method::OPTIONS, "/prompts/p/resolve", None).await
}

both!(a_named_origin_may_call, async |db| {
    let app = with_origins(db, &[SHOP, "https://other.example"]).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    for method in ["GET", "POST", "PATCH", "DELETE", "PUT"] {
        let allowed = preflight(&app.anon(), SHOP, method).await.good();
        assert_eq!(allowed.header("access-control-allow-origin"), Some(SHOP));
        let methods = allowed.header("access-control-allow-methods").expect("methods");
        assert!(methods.contains(method), "{methods}");
        let headers = allowed.header("access-control-allow-headers").expect("headers").to_lowercase();
        for header in [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "x-project",
            "promptory-min-revision",
        ] {
            assert!(headers.contains(header), "{header}: {headers}");
        }
        assert_eq!(allowed.header("access-control-allow-credentials"), None);
    }
    let shop = admin.with("origin", SHOP);
    for answer in [
        shop.active("p").await.good(),
        shop.resolve("p", json!({})).await.good(),
        shop.get("/prompts").await.good(),
        shop.active("q").await.is(404),
        app.anon().with("origin", SHOP).get("/prompts").await.is(401),
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), Some(SHOP), "{answer}");
        let exposed = answer.header("access-control-expose-headers").expect("exposed").to_lowercase();
        for header in ["etag", "promptory-revision", "x-request-id", "retry-after"] {
            assert!(exposed.contains(header), "{exposed}");
        }
    }
    let stranger = preflight(&app.anon(), "https://evil.example", "POST").await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);
    assert_eq!(
        admin
            .with("origin", "https://evil.example")
            .active("p")
            .await
            .good()
            .header("access-control-allow-origin"),
        None
    );
});

both!(without_a_list_there_is_no_leave, async |db| {
    let app = Server::start(db).await;
    let admin = app.admin();
    admin.publish("p", "one").await.good();
    admin.activate("p", "1", "production").await.good();
    let answer = preflight(&app.anon(), SHOP, "POST").await;
    assert!(answer.status == 405 && answer.header("access-control-allow-origin").is_none(), "{answer}");
    let answer = admin.with("origin", SHOP).active("p").await.good();
    assert_eq!(answer.header("access-control-allow-origin"), None);
});

both!(a_star_is_everybody, async |db| {
    let app = with_origins(db, &["*"]).await;
    let allowed = preflight(&app.anon(), "https://any.example", "GET").await.good();
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
});
