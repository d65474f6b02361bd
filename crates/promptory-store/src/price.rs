//! Prices of models that somebody has written down, for a project or, in the project of the instance, for all.

use promptory_core::{
    cost::{Entry, Price, Rates},
    id::ProjectId,
    time::Timestamp,
};

use crate::{Change, ChangeKind, Result, Store, StoreError, read::ProjectReader, write::WriteTx};

statements! {
    PRICES = "SELECT id, provider, model, valid_from, input, output, cached_read, cached_write, reasoning, per_request, \
        batch, tiers, source, created_by, created_at FROM price WHERE project_id = $1 ORDER BY provider, model, valid_from";
    INSERT_PRICE = "INSERT INTO price (id, project_id, provider, model, valid_from, input, output, cached_read, \
        cached_write, reasoning, per_request, batch, tiers, source, created_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    DELETE_PRICE = "DELETE FROM price WHERE project_id = $1 AND id = $2";
}

row! {
    pub struct PriceRow {
        pub id: String,
        pub provider: String,
        pub model: String,
        pub valid_from: i64,
        pub input: i64,
        pub output: i64,
        pub cached_read: Option<i64>,
        pub cached_write: Option<i64>,
        pub reasoning: Option<i64>,
        pub per_request: i64,
        /// JSON of core's `BatchRates`.
        pub batch: String,
        /// JSON of a list of core's `Tier`.
        pub tiers: String,
        pub source: String,
        pub created_by: String,
        pub created_at: i64,
    }
}

impl PriceRow {
    /// # Errors
    /// Its JSON cannot be read.
    pub fn entry(&self) -> Result<Entry> {
        let broken = |error: serde_json::Error| StoreError::Broken {
            table: "price",
            id: self.id.clone(),
            what: error.to_string(),
        };
        let rates = Rates {
            input: self.input,
            output: self.output,
            cached_read: self.cached_read,
            cached_write: self.cached_write,
            reasoning: self.reasoning,
        };
        let price = Price {
            rates,
            batch: serde_json::from_str(&self.batch).map_err(broken)?,
            per_request: self.per_request,
            tiers: serde_json::from_str(&self.tiers).map_err(broken)?,
        };
        Ok(Entry {
            id: self.id.as_str().into(),
            provider: self.provider.as_str().into(),
            model: self.model.as_str().into(),
            valid_from: Timestamp::from_micros(self.valid_from),
            price,
            source: self.source.as_str().into(),
        })
    }
}

/// The JSON of what differs in batches and of the tiers.
fn written(price: &Price) -> Result<(String, String)> {
    let both = serde_json::to_string(&price.batch)
        .and_then(|batch| serde_json::to_string(&price.tiers).map(|tiers| (batch, tiers)));
    both.map_err(|error| StoreError::Refused(error.to_string()))
}

impl ProjectReader<'_> {
    /// Its own, in order of provider, model and time.
    pub async fn prices(&mut self) -> Result<Vec<PriceRow>> {
        let project = self.project;
        fetch_all!(self.conn(), PriceRow, PRICES, project.as_str())
    }
}

impl Store {
    /// The project's own prices, for a server that heard that they changed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn prices(&self, project: &ProjectId) -> Result<Vec<PriceRow>> {
        self.read().await?.project(project).prices().await
    }
}

impl WriteTx {
    /// However many there are, servers hear of it once and read all prices anew.
    pub async fn insert_prices(&mut self, entries: &[Entry], created_by: &str) -> Result<()> {
        let at = self.at().micros();
        for entry in entries {
            let (batch, tiers) = written(&entry.price)?;
            let rates = &entry.price.rates;
            let (conn, project) = self.parts();
            execute!(
                conn,
                INSERT_PRICE,
                &*entry.id,
                project.as_str(),
                &*entry.provider,
                &*entry.model,
                entry.valid_from.micros(),
                rates.input,
                rates.output,
                rates.cached_read,
                rates.cached_write,
                rates.reasoning,
                entry.price.per_request,
                batch.as_str(),
                tiers.as_str(),
                &*entry.source,
                created_by,
                at
            )?;
        }
        self.push(Change::quiet(ChangeKind::Price));
        Ok(())
    }

    /// Answers false when there is none.
    pub async fn delete_price(&mut self, id: &str) -> Result<bool> {
        let (conn, project) = self.parts();
        let deleted = execute!(conn, DELETE_PRICE, project.as_str(), id)? == 1;
        self.push(Change::quiet(ChangeKind::Price));
        Ok(deleted)
    }
}
