//! Several servers seen from one, and a new beginning for all of them.

use promptory_server::{clock::Clock, jobs};

use crate::{
    server::{Server, story},
    stream::Events,
};

both!(an_operator_sees_every_server_and_reloads_all, async |db| {
    let (app, _, author, operator) = story(db).await;
    author.publish("p", "one").await.good();
    operator.activate("p", "1", "production").await.good();
    jobs::report(&app.app, app.clock.now()).await.expect("written");
    author.publish("q", "later").await.good();
    let seen = app.admin().get("/servers").await.good();
    let servers = seen.json()["items"].as_array().expect("a list").clone();
    assert!(servers.len() == 1 && servers[0]["this"] == true, "{seen}");
    let project =
        servers[0]["projects"].as_array().unwrap().iter().find(|one| one["project"] == "default").unwrap();
    assert_eq!(project["revision"].as_i64(), Some(app.revision()));
    assert_eq!(project["applied_revision"].as_i64(), Some(app.revision() - 1), "as it was reported");
    operator.get("/servers").await.is(403);
    operator.poke("/servers/reload").await.is(403);

    let before = operator.active("p").await.good();
    let mut stream = Events::open(&operator, "production", None).await;
    assert_eq!(stream.next().await.expect("an event").name, "hello");
    let reloaded = app.admin().poke("/servers/reload").await.good();
    let reset = stream.next().await.expect("an event");
    let revision = format!("{}:{}", reloaded.field("/epoch"), app.revision());
    assert_eq!((reset.name.as_str(), reset.data["revision"].as_str()), ("reset", Some(revision.as_str())));
    let after = operator.active("p").await.good();
    assert_eq!(after.body, before.body);
    assert_eq!(after.header("promptory-revision"), Some(revision.as_str()));
    let audit = app.admin().with("x-project", "_instance").get("/audit?action=server.reload").await.good();
    assert_eq!(audit.items("action"), ["server.reload"]);
});

on_postgres!(the_others_reload_as_well, async |db| {
    let (one, ..) = story(db).await;
    let two = Server::start(db).await;
    jobs::report(&one.app, one.clock.now()).await.expect("written");
    jobs::report(&two.app, two.clock.now()).await.expect("written");
    let seen = two.admin().get("/servers").await.good().json()["items"].as_array().expect("a list").clone();
    assert_eq!(seen.iter().map(|server| server["this"] == true).filter(|this| *this).count(), 1);
    assert_eq!(seen.len(), 2);
    let epoch = one.admin().poke("/servers/reload").await.good().field("/epoch");
    two.app.feed.poll(two.clock.now()).await.expect("readable");
    assert_eq!(&*two.project().snapshot().epoch, epoch.as_str());
});
