//! How many heap allocations one rendering takes. Its own binary, because it counts for the whole process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use promptory_core::definition::{Definition, Kind, NewDefinition};
use promptory_core::template::{Compiled, Rendered};
use serde_json::{Map, Value, json};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends may allocate after its counter is gone.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came.
#[allow(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(kind: Kind, content: &Value, variables: Option<&Value>, given: Value) -> usize {
    let new = NewDefinition { kind, content, template: None, variables, settings: None, allow_secret: false };
    let compiled = Compiled::new(&Definition::check(&new).expect("valid").definition).expect("compiles");
    let given: Map<String, Value> = given.as_object().expect("an object").clone();
    // What is made once is not counted.
    compiled.render(&given).expect("renders");
    let before = ALLOCATIONS.get();
    let rendered = compiled.render(&given).expect("renders");
    let made = ALLOCATIONS.get() - before;
    assert!(matches!(rendered, Rendered::Text(_) | Rendered::Chat(_)));
    made
}

fn three() -> Value {
    json!({"name": "Ada Lovelace, of the analytical engine", "product": "Promptory", "question": "How does it work?"})
}

const TEXT: &str = "Dear {{ name }},\nyou asked about {{ product }}: {{ question }}\nHere is the answer.\n";

#[test]
fn three_strings_take_one_allocation() {
    assert_eq!(allocations(Kind::Text, &json!(TEXT), None, three()), 1);
}

#[test]
fn schemas_of_strings_stay_cheap() {
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 1000});
    let variables = ["name", "product", "question"].map(|name| json!({"name": name, "schema": schema}));
    let made = allocations(Kind::Text, &json!(TEXT), Some(&json!(variables)), three());
    assert!(made <= 10, "{made} allocations");
}

#[test]
fn a_chat_takes_two_for_each_message_and_one() {
    let content = json!([
        {"role": "system", "content": "You know {{ product }}."},
        {"role": "user", "content": "{{ name }} asks: {{ question }}"},
    ]);
    assert_eq!(allocations(Kind::Chat, &content, None, three()), 5);
}

#[test]
fn logic_stays_in_the_tens() {
    let content = json!("{% if product %}{{ name }}{% endif %} {{ question }}");
    let made = allocations(Kind::Text, &content, None, three());
    assert!(made <= 60, "{made} allocations");
}
