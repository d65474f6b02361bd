use super::Stage;
use crate::id::UserId;

/// Whether the named people suffice where one person counts once over all stages. Stages with a role are taken to
/// find somebody: who has a role changes.
///
/// A matching of people to approvals that are asked for, one augmenting path after the other (Kuhn).
pub(super) fn satisfiable(stages: &[Stage]) -> bool {
    let named = stages.iter().filter(|stage| stage.roles.is_empty());
    let slots: Vec<&Stage> = named.flat_map(|stage| (0..stage.approvals).map(move |_| stage)).collect();
    let mut taken: Vec<(&UserId, usize)> = Vec::new();
    (0..slots.len()).all(|slot| place(&slots, slot, &mut taken, &mut Vec::new()))
}

/// Finds somebody for a slot, moving others to another slot where that makes room.
fn place<'s>(
    slots: &[&'s Stage],
    slot: usize,
    taken: &mut Vec<(&'s UserId, usize)>,
    tried: &mut Vec<&'s UserId>,
) -> bool {
    let Some(stage) = slots.get(slot) else { return false };
    for user in &stage.users {
        if tried.contains(&user) {
            continue;
        }
        tried.push(user);
        match taken.iter().position(|(other, _)| *other == user) {
            None => {
                taken.push((user, slot));
                return true;
            }
            Some(index) => {
                let holds = taken[index].1;
                if place(slots, holds, taken, tried) {
                    // Its slot has found somebody else.
                    taken.retain(|(other, _)| *other != user);
                    taken.push((user, slot));
                    return true;
                }
            }
        }
    }
    false
}
