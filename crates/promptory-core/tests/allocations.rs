//! How many heap allocations one rendering takes, one look at prices, and one choice between two versions. Its own binary, because it counts for the whole process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use promptory_core::bucketing::{Bucket, Key, Share};
use promptory_core::cost::{PriceBook, Usage};
use promptory_core::definition::{Definition, Kind, NewDefinition};
use promptory_core::template::{Compiled, Rendered};
use promptory_core::time::Timestamp;
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

#[test]
fn a_price_is_found_without_an_allocation() {
    let book = PriceBook::new(std::sync::Arc::default(), std::sync::Arc::default());
    let now = Timestamp::parse_rfc3339("2026-11-20T10:00:00Z").expect("a time");
    let usage = Usage { input: 1_000, output: 500, ..Usage::default() };
    for (provider, model) in [
        (Some("openai"), "gpt-4o-mini-2024-07-18"),
        (Some("gcp.gemini"), "models/gemini-2.5-pro"),
        (None, "bedrock/us.amazon.nova-pro-v1:0"),
        (Some("anthropic"), "claude-sonnet-5-5"),
    ] {
        let before = ALLOCATIONS.get();
        let cost = book.cost(provider, model, now, &usage);
        assert_eq!(ALLOCATIONS.get() - before, 0, "{model}");
        assert!(matches!(cost, Some(Ok(cost)) if cost > 0), "{model}");
    }
}

#[test]
fn an_arm_is_chosen_without_an_allocation() {
    let before = ALLOCATIONS.get();
    let key = Key::new("user-804423").expect("not empty");
    let within = Bucket::of("b410d93c4efbc8d6", &key).is_within(Share::percent(50));
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(!within, "the vectors have this one in the second half");
}
