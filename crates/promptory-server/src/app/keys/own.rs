//! Keys that people make for themselves, signed in: they act and decide as their owner.

use promptory_api::{
    access::{CreatedKey, Key, NewKey},
    page::Page,
};

use crate::{
    app::{Ctx, Outcome, wire},
    refusal::{Code, Refusal},
    serving::Who,
};

/// Who is signed in. A key makes no keys of this kind: whoever found one could keep what they found.
fn signed_in(ctx: &Ctx) -> Outcome<&str> {
    match &ctx.caller.who {
        Who::Person { id, .. } => Ok(id),
        Who::Key { .. } | Who::Administrator => {
            let detail = "Keys of one's own are made signed in: send the cookie of a session.";
            Err(Refusal::new(Code::Forbidden, detail))
        }
    }
}

/// # Errors
/// A field breaks a rule, somebody else is named, or it may more than the roles of who asks.
pub async fn create(ctx: &Ctx, new: NewKey) -> Outcome<CreatedKey> {
    signed_in(ctx)?;
    if new.user.is_some() {
        let detail = "It is your own key; leave `user` out. Administrators make others, by POST /keys.";
        return Err(Refusal::invalid("/user", detail));
    }
    super::create(ctx, &new).await
}

/// Valid ones, oldest first.
///
/// # Errors
/// The database cannot be read.
pub async fn list(ctx: &Ctx) -> Outcome<Page<Key>> {
    let person = signed_in(ctx)?;
    let mut reader = ctx.app.store.read().await?;
    let mut reader = reader.project(&ctx.project.id);
    let rows = reader.keys_of(person).await?;
    let owners = reader.key_owners().await?;
    let items: Vec<Key> = rows.into_iter().map(|row| wire::key(row, &owners)).collect();
    let total = i64::try_from(items.len()).ok();
    Ok(Page { items, next_cursor: None, total })
}

/// # Errors
/// There is no such key of who asks.
pub async fn revoke(ctx: &Ctx, id: &str) -> Outcome<Key> {
    let person = signed_in(ctx)?;
    let missing = || Refusal::new(Code::NotFound, format!("You have no key {id:?} in this project."));
    super::revoke_one(ctx, id, |row| row.person_id.as_deref() == Some(person), missing).await
}
