//! People: of the whole instance, with their roles in each project.

use promptory_core::id::ProjectId;

use crate::{
    Change, ChangeKind, Result,
    read::{ProjectReader, Reader},
    write::WriteTx,
};

statements! {
    INSERT_PERSON = "INSERT INTO person (id, email, name, password_hash, instance_admin, created_at, last_seen, \
        link_hash, link_expires_at) VALUES ($1, $2, $3, NULL, FALSE, $4, NULL, NULL, NULL) \
        ON CONFLICT (email) DO NOTHING";
    PERSON_BY_EMAIL = "SELECT id, email, name, password_hash, instance_admin, created_at, last_seen, link_expires_at \
        FROM person WHERE email = $1";
    PERSON_BY_ID = "SELECT id, email, name, password_hash, instance_admin, created_at, last_seen, link_expires_at \
        FROM person WHERE id = $1";
    PERSON_BY_LINK = "SELECT id, email, name, password_hash, instance_admin, created_at, last_seen, link_expires_at \
        FROM person WHERE link_hash = $1";
    COUNT_INSTANCE_ADMINS = "SELECT COUNT(*) AS n FROM person WHERE instance_admin";
    COUNT_WITH_PASSWORD = "SELECT COUNT(*) AS n FROM person WHERE password_hash IS NOT NULL";
    RENAME_PERSON = "UPDATE person SET name = $2 WHERE id = $1";
    /// A link is spent with the first password that is set.
    SET_PASSWORD = "UPDATE person SET password_hash = $2, link_hash = NULL, link_expires_at = NULL WHERE id = $1";
    SET_LINK = "UPDATE person SET link_hash = $2, link_expires_at = $3 WHERE id = $1";
    MAKE_INSTANCE_ADMIN = "UPDATE person SET instance_admin = TRUE WHERE id = $1";
    INSERT_MEMBERSHIP = "INSERT INTO membership (project_id, person_id, roles, created_at, created_by) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project_id, person_id) DO NOTHING";
    SET_ROLES = "UPDATE membership SET roles = $3 WHERE project_id = $1 AND person_id = $2";
    DELETE_MEMBERSHIP = "DELETE FROM membership WHERE project_id = $1 AND person_id = $2";
    MEMBERSHIPS = "SELECT m.project_id, j.name AS project, m.roles FROM membership m JOIN project j \
        ON j.id = m.project_id WHERE m.person_id = $1 ORDER BY j.name";
    MEMBER = "SELECT p.id, p.email, p.name, p.password_hash IS NOT NULL AS active, p.instance_admin, m.roles, \
        m.created_at, p.last_seen, CAST((SELECT COUNT(*) FROM access_key k WHERE k.person_id = p.id \
        AND k.project_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $3)) AS BIGINT) \
        AS keys FROM membership m JOIN person p ON p.id = m.person_id WHERE m.project_id = $1 AND m.person_id = $2";
    LIST_MEMBERS = "SELECT p.id, p.email, p.name, p.password_hash IS NOT NULL AS active, p.instance_admin, m.roles, \
        m.created_at, p.last_seen, CAST((SELECT COUNT(*) FROM access_key k WHERE k.person_id = p.id \
        AND k.project_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $4)) AS BIGINT) \
        AS keys FROM membership m JOIN person p ON p.id = m.person_id WHERE m.project_id = $1 AND p.email > $2 \
        ORDER BY p.email LIMIT $3";
    COUNT_MEMBERS = "SELECT COUNT(*) AS n FROM membership WHERE project_id = $1";
}

row! {
    pub struct PersonRow {
        pub id: String,
        pub email: String,
        pub name: String,
        /// None: no password was set yet.
        pub password_hash: Option<String>,
        pub instance_admin: bool,
        pub created_at: i64,
        pub last_seen: Option<i64>,
        pub link_expires_at: Option<i64>,
    }
}

row! {
    /// A person as a member of one project.
    pub struct MemberRow {
        pub id: String,
        pub email: String,
        pub name: String,
        /// Has a password.
        pub active: bool,
        pub instance_admin: bool,
        /// Space-separated.
        pub roles: String,
        /// Member since.
        pub created_at: i64,
        pub last_seen: Option<i64>,
        /// Valid ones of this project that the person owns.
        pub keys: i64,
    }
}

row! {
    pub struct MembershipRow {
        pub project_id: String,
        /// Its name.
        pub project: String,
        pub roles: String,
    }
}

impl Reader {
    /// `email` is lowered.
    pub async fn person_by_email(&mut self, email: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.conn(), PersonRow, PERSON_BY_EMAIL, email)
    }

    pub async fn person(&mut self, id: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.conn(), PersonRow, PERSON_BY_ID, id)
    }

    pub async fn person_by_link(&mut self, hash: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.conn(), PersonRow, PERSON_BY_LINK, hash)
    }

    /// Where a person is a member, by name of the project.
    pub async fn memberships(&mut self, person: &str) -> Result<Vec<MembershipRow>> {
        fetch_all!(self.conn(), MembershipRow, MEMBERSHIPS, person)
    }

    pub async fn count_instance_admins(&mut self) -> Result<i64> {
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_INSTANCE_ADMINS)?;
        Ok(n)
    }

    /// People who could sign in.
    pub async fn count_with_password(&mut self) -> Result<i64> {
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_WITH_PASSWORD)?;
        Ok(n)
    }
}

impl ProjectReader<'_> {
    /// `now`: for which of their keys have expired.
    pub async fn member(&mut self, person: &str, now: i64) -> Result<Option<MemberRow>> {
        let project = self.project;
        fetch_optional!(self.conn(), MemberRow, MEMBER, project.as_str(), person, now)
    }

    /// In order of the email, after the given one.
    pub async fn members(&mut self, after: &str, limit: i64, now: i64) -> Result<Vec<MemberRow>> {
        let project = self.project;
        fetch_all!(self.conn(), MemberRow, LIST_MEMBERS, project.as_str(), after, limit, now)
    }

    pub async fn count_members(&mut self) -> Result<i64> {
        let project = self.project;
        let (n,): (i64,) = fetch_one!(self.conn(), (i64,), COUNT_MEMBERS, project.as_str())?;
        Ok(n)
    }
}

/// People inside a change: read again under the lock, then written.
impl WriteTx {
    /// The person of this email, new without a password unless there is one. `email` is lowered.
    pub async fn person_of(&mut self, id: &str, email: &str, name: &str) -> Result<PersonRow> {
        let at = self.at().micros();
        execute!(self.parts().0, INSERT_PERSON, id, email, name, at)?;
        fetch_one!(self.parts().0, PersonRow, PERSON_BY_EMAIL, email)
    }

    pub async fn find_person(&mut self, id: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.parts().0, PersonRow, PERSON_BY_ID, id)
    }

    /// `email` is lowered.
    pub async fn find_person_by_email(&mut self, email: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.parts().0, PersonRow, PERSON_BY_EMAIL, email)
    }

    pub async fn find_person_by_link(&mut self, hash: &str) -> Result<Option<PersonRow>> {
        fetch_optional!(self.parts().0, PersonRow, PERSON_BY_LINK, hash)
    }

    pub async fn find_memberships(&mut self, person: &str) -> Result<Vec<MembershipRow>> {
        fetch_all!(self.parts().0, MembershipRow, MEMBERSHIPS, person)
    }

    pub async fn instance_admins(&mut self) -> Result<i64> {
        let (n,): (i64,) = fetch_one!(self.parts().0, (i64,), COUNT_INSTANCE_ADMINS)?;
        Ok(n)
    }

    pub async fn rename_person(&mut self, id: &str, name: &str) -> Result<()> {
        execute!(self.parts().0, RENAME_PERSON, id, name)?;
        Ok(())
    }

    /// Also ends the person's one-time link.
    pub async fn set_password(&mut self, id: &str, hash: &str) -> Result<()> {
        execute!(self.parts().0, SET_PASSWORD, id, hash)?;
        Ok(())
    }

    /// In place of one that the person may have. `hash`: SHA-256, hex.
    pub async fn set_link(&mut self, id: &str, hash: &str, expires_at: i64) -> Result<()> {
        execute!(self.parts().0, SET_LINK, id, hash, expires_at)?;
        Ok(())
    }

    pub async fn make_instance_admin(&mut self, id: &str) -> Result<()> {
        execute!(self.parts().0, MAKE_INSTANCE_ADMIN, id)?;
        Ok(())
    }

    /// Answers false when the person is a member already.
    pub async fn add_member(&mut self, person: &str, roles: &str, created_by: &str) -> Result<bool> {
        self.push(Change::quiet(ChangeKind::Member));
        let project = self.project_id().clone();
        self.add_member_of(&project, person, roles, created_by).await
    }

    /// The same in another project than the one whose change this is.
    pub async fn add_member_of(
        &mut self,
        project: &ProjectId,
        person: &str,
        roles: &str,
        created_by: &str,
    ) -> Result<bool> {
        let at = self.at().micros();
        let (conn, _) = self.parts();
        Ok(execute!(conn, INSERT_MEMBERSHIP, project.as_str(), person, roles, at, created_by)? == 1)
    }

    pub async fn set_roles(&mut self, person: &str, roles: &str) -> Result<()> {
        self.push(Change::quiet(ChangeKind::Member));
        let project = self.project_id().clone();
        self.set_roles_of(&project, person, roles).await
    }

    /// The same in another project than the one whose change this is.
    pub async fn set_roles_of(&mut self, project: &ProjectId, person: &str, roles: &str) -> Result<()> {
        execute!(self.parts().0, SET_ROLES, project.as_str(), person, roles)?;
        Ok(())
    }

    pub async fn remove_member(&mut self, person: &str) -> Result<()> {
        self.push(Change::quiet(ChangeKind::Member));
        let (conn, project) = self.parts();
        execute!(conn, DELETE_MEMBERSHIP, project.as_str(), person)?;
        Ok(())
    }
}
