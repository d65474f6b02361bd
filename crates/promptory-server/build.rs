//! An optimised server has the files of the web interface in it: it is built again when they change, also when they come
//! or go. Making them is the business of `ui/`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../../ui/dist");
    }
}
