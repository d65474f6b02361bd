//! The file of last known good answers, and what becomes of one that is not as it should be.

use std::os::unix::fs::PermissionsExt;

use promptory_sdk::Error;

use crate::world::{World, until};

async fn written(world: &World) -> Vec<u8> {
    let client = world.client(world.builder().local().cache_file(world.file())).await;
    client.flush().await;
    std::fs::read(world.file()).expect("written")
}

#[tokio::test]
async fn the_file_is_whole_and_for_its_owner_alone() {
    let world = World::with_prompt().await;
    let file = written(&world).await;
    assert!(file.starts_with(b"promptory-client 1 sha256:"));
    let mode = std::fs::metadata(world.file()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = String::from_utf8(file).expect("text");
    assert!(!text.contains(crate::world::ADMIN_KEY), "no key in it");
    let beside: Vec<_> = std::fs::read_dir(world.folder.path())
        .expect("a folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(".tmp"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
}

#[tokio::test]
async fn a_damaged_file_is_ignored_and_that_is_said() {
    let world = World::with_prompt().await;
    let file = written(&world).await;
    let flipped = |at: usize| {
        let mut file = file.clone();
        file[at] ^= 1;
        file
    };
    let other = |from: &str, to: &str| String::from_utf8_lossy(&file).replacen(from, to, 1).into_bytes();
    let cases: [(Vec<u8>, &str); 9] = [
        (Vec::new(), "no first line"),
        (b"{}\n".to_vec(), "no file of this client"),
        (vec![0xff; 5000], "no first line"),
        (file[..file.len() / 2].to_vec(), "damaged"),
        (file[..file.len() - 1].to_vec(), "damaged"),
        (flipped(file.len() - 9), "damaged"),
        (flipped(30), "damaged"),
        (other("client 1", "client 2"), "format 2"),
        (other("Dear", "Deer"), "damaged"),
    ];
    for (n, (damaged, why)) in cases.into_iter().enumerate() {
        // Clients that go write once more: each case has a file of its own.
        let path = world.folder.path().join(format!("{n}.cache"));
        std::fs::write(&path, damaged).expect("written");
        world.shut();
        let builder = || world.builder().local().cache_file(&path);
        let error = builder().build().await.expect_err("nothing is known");
        assert!(matches!(error, Error::Unreachable(_)), "{error}");
        let client = builder().offline_ok().build().await.expect("said so");
        let said = client.stats().disk_problem.expect("said");
        assert!(said.contains(why) && said.contains(".cache is ignored"), "{said}");
        world.open();
        let client = builder().build().await.expect("from the server");
        client.get("support/reply").await.expect("live");
    }
}

#[tokio::test]
async fn a_file_of_another_key_or_environment_is_not_served() {
    let world = World::with_prompt().await;
    written(&world).await;
    world.shut();
    for builder in
        [world.builder_with("another-key-of-another-project"), world.builder().environment("staging")]
    {
        let error = builder.local().cache_file(world.file()).build().await.expect_err("not ours");
        assert!(matches!(error, Error::Unreachable(_)), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_and_harms_nobody() {
    let world = World::with_prompt().await;
    let nowhere = world.folder.path().join("no/such/folder/file");
    let client = world.client(world.builder().local().cache_file(nowhere)).await;
    client.get("support/reply").await.expect("live");
    until(&client, |stats| stats.disk_problem.as_ref().is_some_and(|why| why.contains("was not written")))
        .await;
}

#[tokio::test]
async fn a_client_that_goes_writes_what_it_learned_last_and_leaves_nothing_running() {
    let world = World::with_prompt().await;
    world.publish("other", "learned last").await;
    let client = world.client(world.builder().cache_file(world.file())).await;
    client.get("support/reply").await.expect("live");
    client.flush().await;
    // The clock stands still: by itself the next writing would never come.
    client.get("other").await.expect("live");
    let mut activity = client.activity();
    drop(client);
    // Everything that the client had goes with the last of its tasks.
    let gone = async { while activity.changed().await.is_ok() {} };
    tokio::time::timeout(crate::world::PATIENCE, gone).await.expect("it goes");
    let file = std::fs::read_to_string(world.file()).expect("written");
    assert!(file.contains("learned last"), "{file}");
}
