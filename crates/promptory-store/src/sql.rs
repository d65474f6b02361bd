//! The macros that turn one text and one row type into a query on either database.

/// Names the statements of a file and lists them, so that a test can prepare each on both databases.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)*
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

/// A row: a struct that reads its fields by name from either database.
macro_rules! row {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }

        impl<'r, R> sqlx::FromRow<'r, R> for $name
        where
            R: sqlx::Row,
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> std::result::Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?,)* })
            }
        }
    };
}

macro_rules! fetch {
    ($method:ident, $conn:expr, $row:ty, $text:expr $(, $arg:expr)* $(,)?) => {
        match $conn {
            $crate::conn::Conn::Sqlite(conn) => {
                sqlx::query_as::<sqlx::Sqlite, $row>($text)$(.bind($arg))*.$method(&mut *conn).await
            }
            $crate::conn::Conn::Postgres(conn) => {
                sqlx::query_as::<sqlx::Postgres, $row>($text)$(.bind($arg))*.$method(&mut *conn).await
            }
        }
        .map_err($crate::StoreError::from)
    };
}

macro_rules! fetch_all { ($($args:tt)*) => { fetch!(fetch_all, $($args)*) }; }
macro_rules! fetch_one { ($($args:tt)*) => { fetch!(fetch_one, $($args)*) }; }
macro_rules! fetch_optional { ($($args:tt)*) => { fetch!(fetch_optional, $($args)*) }; }

/// Hands over row after row, so that a large answer is never in memory as a whole.
macro_rules! fetch_each {
    ($conn:expr, $row:ty, $text:expr, [$($arg:expr),*], $each:expr) => {
        match $conn {
            $crate::conn::Conn::Sqlite(conn) => {
                let rows = sqlx::query_as::<sqlx::Sqlite, $row>($text)$(.bind($arg))*.fetch(&mut *conn);
                $crate::sql::each(rows, $each).await
            }
            $crate::conn::Conn::Postgres(conn) => {
                let rows = sqlx::query_as::<sqlx::Postgres, $row>($text)$(.bind($arg))*.fetch(&mut *conn);
                $crate::sql::each(rows, $each).await
            }
        }
        .map_err($crate::StoreError::from)
    };
}

pub(crate) async fn each<R>(
    mut rows: futures_util::stream::BoxStream<'_, Result<R, sqlx::Error>>,
    mut each: impl FnMut(R),
) -> Result<(), sqlx::Error> {
    while let Some(row) = futures_util::TryStreamExt::try_next(&mut rows).await? {
        each(row);
    }
    Ok(())
}

/// Answers the number of rows affected.
macro_rules! execute {
    ($conn:expr, $text:expr $(, $arg:expr)* $(,)?) => {
        match $conn {
            $crate::conn::Conn::Sqlite(conn) => {
                sqlx::query::<sqlx::Sqlite>($text)$(.bind($arg))*.execute(&mut *conn).await
                    .map(|done| done.rows_affected())
            }
            $crate::conn::Conn::Postgres(conn) => {
                sqlx::query::<sqlx::Postgres>($text)$(.bind($arg))*.execute(&mut *conn).await
                    .map(|done| done.rows_affected())
            }
        }
        .map_err($crate::StoreError::from)
    };
}
