pub mod whoami;
