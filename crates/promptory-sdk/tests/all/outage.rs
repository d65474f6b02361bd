//! The server is gone, for seconds or for days.

use std::time::Duration;

use promptory_sdk::{Client, Error, Source};
use serde_json::json;

use crate::{
    gate::Mode,
    world::{World, until},
};

const DAYS: Duration = Duration::from_secs(3 * 24 * 3600);

#[tokio::test]
async fn what_is_known_is_served_while_the_server_is_gone_for_days() {
    let world = World::with_prompt().await;
    for local in [false, true] {
        world.open();
        let builder = if local { world.builder().local() } else { world.builder() };
        let client = world.client(builder).await;
        client.get("support/reply").await.expect("live");
        world.shut();
        until(&client, |stats| !stats.connected).await;
        world.clock.advance(DAYS);
        for _ in 0..100 {
            let ask = client.resolve("support/reply").variables(json!({"name": "Ada"}));
            let prompt = ask.await.expect("still there");
            assert_eq!(prompt.text(), Some("Dear Ada"));
            assert!(prompt.stale() && prompt.age() >= DAYS, "{:?}", prompt.age());
        }
        let stats = client.stats();
        assert!(stats.oldest.max(stats.snapshot_age) >= Some(DAYS), "{stats:?}");
        // Nothing was ever known of this one.
        let unknown = client.get("support/other").await.expect_err("nothing to fall back on");
        assert!(matches!(unknown, Error::Unreachable(_)), "{unknown}");

        world.open();
        world.clock.advance(Duration::from_secs(60));
        until(&client, |stats| stats.connected).await;
        let mut activity = client.activity();
        while client.get("support/reply").await.expect("live").stale() {
            activity.changed().await.expect("the client is there");
        }
        assert_eq!(client.get("support/reply").await.expect("live").age(), Duration::ZERO);
    }
}

#[tokio::test]
async fn a_program_that_starts_while_the_server_is_gone_has_what_it_had() {
    let world = World::with_prompt().await;
    world.publish("shared/tone", "Be kind to {{ name }}.").await;
    world.publish("with/tone", "{% include \"shared/tone@^1\" %} Bye.").await;
    for local in [false, true] {
        world.open();
        let builder = || {
            let builder = world.builder().cache_file(world.folder.path().join(format!("file-{local}")));
            if local { builder.local() } else { builder }
        };
        let client = world.client(builder()).await;
        client.get("support/reply").await.expect("live");
        client.get("with/tone").await.expect("live");
        client.resolve("support/reply").key("user-1").await.expect("live");
        client.resolve("support/reply").version("1.0.0").await.expect("there");
        client.flush().await;
        drop(client);

        world.shut();
        world.clock.advance(DAYS);
        let client = builder().build().await.expect("the file is enough");
        let prompt = client.resolve("with/tone").variables(json!({"name": "Ada"})).await.expect("known");
        assert_eq!(prompt.text(), Some("Be kind to Ada. Bye."));
        assert_eq!((prompt.source(), prompt.stale()), (Source::Disk, true));
        assert!(prompt.age() >= DAYS);
        let pinned = client.resolve("support/reply").version("1.0.0").await.expect("known");
        assert_eq!((pinned.version(), pinned.reason()), ("1.0.0", "pinned"));
        let user = client.resolve("support/reply").key("somebody").await.expect("what was live last");
        assert_eq!((user.version(), user.stale()), ("1.0.0", true));
        assert_eq!(client.stats().disk_problem, None);

        // The server is back and has moved on.
        world.revise("with/tone", "Good day.").await;
        world.open();
        world.clock.advance(Duration::from_secs(60));
        let mut activity = client.activity();
        while client.get("with/tone").await.expect("live").content() != "Good day." {
            activity.changed().await.expect("the client is there");
        }
        let now = client.get("with/tone").await.expect("live");
        assert_ne!(now.source(), Source::Disk);
        world.revise("with/tone", "{% include \"shared/tone@^1\" %} Bye.").await;
    }
}

#[tokio::test]
async fn errors_of_the_server_are_no_answers() {
    let world = World::with_prompt().await;
    for mode in [Mode::Failing, Mode::Foreign, Mode::Shut] {
        world.open();
        let client = world.builder().no_stream().build().await.expect("a client");
        client.get("support/reply").await.expect("live");
        world.gate.set(mode);
        world.clock.advance(Duration::from_secs(301));
        assert!(client.get("support/reply").await.expect("what is known").stale());
        until(&client, |stats| stats.failures == 1).await;
        assert!(client.get("support/reply").await.expect("what is known").stale(), "{mode:?}");
        assert_eq!(client.stats().failures, 1, "{mode:?}: not each caller tries again");
        let other = client.get("other").await.expect_err("nothing is known");
        assert!(matches!(other, Error::Unreachable(_)), "{other}");
        world.open();
        world.clock.advance(Duration::from_secs(6));
        client.get("support/reply").await.expect("what is known");
        until(&client, |stats| stats.refreshes == 1).await;
        assert!(!client.get("support/reply").await.expect("live").stale());
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_does_not_hold_callers_up() {
    let world = World::with_prompt().await;
    let client = world.builder().timeout(Duration::from_millis(200)).no_stream().build().await;
    let client = client.expect("a client");
    client.get("support/reply").await.expect("live");
    world.gate.set(Mode::Silent);
    world.clock.advance(Duration::from_secs(301));
    assert!(client.get("support/reply").await.expect("what is known").stale());
    let error = client.get("other").await.expect_err("nothing is known");
    assert!(error.to_string().contains("too long"), "{error}");
}

#[tokio::test]
async fn without_server_and_file_only_who_says_so_starts() {
    let world = World::with_prompt().await;
    world.shut();
    for local in [false, true] {
        let builder = || if local { world.builder().local() } else { world.builder() };
        world.shut();
        let error = builder().build().await.expect_err("nothing is known");
        assert!(matches!(error, Error::Unreachable(_)), "{error}");
        let client: Client = builder().offline_ok().build().await.expect("said so");
        client.get("support/reply").await.expect_err("nothing is known");
        world.open();
        world.clock.advance(Duration::from_secs(60));
        assert_eq!(client.get("support/reply").await.expect("there again").version(), "1.0.0");
    }
}
