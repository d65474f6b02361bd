use serde_json::{Value, json};

use crate::{Form, Group, Options, Prompt, read};

fn one(form: Form, path: &str, text: &str) -> Result<Prompt, String> {
    let group = Group { form, paths: vec![path.to_owned()] };
    let (prompt, refused) = read(&group, &[(path.to_owned(), text.as_bytes().to_vec())], &Options::default());
    prompt.ok_or_else(|| refused[0].detail.clone())
}

#[test]
fn a_plain_file_is_taken_byte_for_byte() {
    let text = "# IDENTITY {{not jinja}}\r\n\nYou are \u{a0}…\n\n";
    let prompt = one(Form::Markdown, "fabric/summarize.md", text).unwrap();
    let version = &prompt.versions[0];
    assert!(prompt.name == "fabric/summarize" && prompt.kind == "text" && prompt.about.is_none());
    assert!(
        version.content == text && version.template.as_deref() == Some("none") && version.number.is_none()
    );
}

#[test]
fn front_matter_of_a_plain_file_is_understood_or_refused() {
    let text = "---\ndescription: Short\ntags: [a]\nsettings: {model: m}\n---\nHello {{ name }}\n";
    let prompt = one(Form::Markdown, "x.md", text).unwrap();
    let (about, version) = (prompt.about.unwrap(), &prompt.versions[0]);
    assert!(about.description == "Short" && about.tags == ["a"] && version.template.is_none());
    assert_eq!(
        (version.content.as_str(), version.settings.as_ref()),
        (Some("Hello {{ name }}"), Some(&json!({"model": "m"})))
    );
    assert!(one(Form::Markdown, "x.md", "---\nlayout: post\n---\nx").unwrap_err().contains("layout"));
}

#[test]
fn a_history_has_a_version_a_line() {
    let text = "{\"committed_at\": \"2024-03-01T13:52:45-08:00\", \"content\": \"one\\n\"}\n\n{\"content\": \"two\", \"message\": \"m\", \"author\": \"A\"}\n";
    let prompt = one(Form::History, "h/a.jsonl", text).unwrap();
    assert!(prompt.name == "h/a" && prompt.versions.len() == 2);
    assert_eq!(prompt.versions[0].created_at.as_deref(), Some("2024-03-01T13:52:45-08:00"));
    assert!(prompt.versions[0].content == "one\n" && prompt.versions[1].note == "m");
    assert!(one(Form::History, "a.jsonl", "{\"content\": \"a\"}\n{\n").unwrap_err().starts_with("line 2"));
    assert!(
        one(Form::History, "a.jsonl", "{\"content\": \"a\"}\n{\"content\": []}")
            .unwrap_err()
            .contains("line 2")
    );
    assert!(one(Form::History, "a.jsonl", "{\"text\": \"a\"}").unwrap_err().contains("`content`"));
    assert!(one(Form::History, "a.jsonl", "\n").unwrap_err().contains("empty"));
}

#[test]
fn a_dotprompt_file_becomes_a_version() {
    let text = "---\nmodel: googleai/gemini-2.5-flash\nconfig:\n  temperature: 0.9\n  maxOutputTokens: 400\n  stopSequences: [X]\ninput:\n  schema:\n    \
        location: string, where the guest is\n    style?: string\n    tags(array, labels): string\n    mood(enum): [good, bad]\n  default:\n    location: a restaurant\n\
        output:\n  format: json\n  schema:\n    greeting: string\n    level?: integer\nextra.key: 1\n---\n{{role \"system\"}}\nYou are kind at {{location}}.\n\
        {{#if style}}\nSpeak in the style of {{style}}.\n{{/if}}\n{{history}}\n{{role \"user\"}}\nTags: {{#each tags}}{{this}}, {{/each}}\n";
    let prompt = one(Form::Dotprompt, "hotel/greet.prompt", text).unwrap();
    let version = &prompt.versions[0];
    assert!(prompt.name == "hotel/greet" && prompt.kind == "chat");
    assert_eq!(
        version.content,
        json!([
            {"role": "system", "content": "You are kind at {{ location }}.\n{% if style is defined and style %}Speak in the style of {{ style if style is defined else '' }}.\n{% endif %}"},
            {"placeholder": "history"},
            {"role": "user", "content": "Tags: {% for item in tags %}{{ item }}, {% endfor %}"},
        ])
    );
    let variables = version.variables.as_ref().unwrap();
    assert_eq!(
        variables[0],
        json!({"name": "location", "schema": {"type": "string"}, "default": "a restaurant", "description": "where the guest is"})
    );
    assert_eq!(variables[1], json!({"name": "style", "schema": {"type": "string"}, "required": false}));
    assert_eq!(variables[2]["schema"], json!({"type": "array", "items": {"type": "string"}}));
    assert_eq!(variables[3]["schema"], json!({"enum": ["good", "bad"]}));
    assert_eq!(variables[4]["name"], "history");
    let settings = version.settings.as_ref().unwrap();
    assert_eq!(
        (&settings["provider"], &settings["model"], &settings["max_tokens"]),
        (&json!("googleai"), &json!("gemini-2.5-flash"), &json!(400))
    );
    assert_eq!(settings["response_schema"]["required"], json!(["greeting"]));
    assert_eq!(version.metadata["dotprompt"], json!({"extra.key": 1}));
}

#[test]
fn what_handlebars_alone_can_do_is_refused_with_its_line() {
    let refused = |body: &str, word: &str| {
        let error = one(Form::Dotprompt, "a.prompt", body).unwrap_err();
        assert!(error.contains(word), "{body}: {error}");
    };
    refused("a\n{{media url=photo}}", "line 2");
    refused("{{#with a}}x{{/with}}", "#with");
    refused("{{#if a}}x", "not closed");
    refused("{{#if a}}x{{/each}}", "began with");
    refused("{{/if}}", "closes nothing");
    refused("{{a", "no end");
    refused("{{#if a}}{{role \"system\"}}{{/if}}", "block");
    refused("{{../a}}", "leads out");
    refused("{{this}}", "stands for all");
    refused("{{a-b}}", "no name");
    refused("{{role \"king\"}}x", "king");
    refused("{{>card name=x}}", "partial");
    refused("---\noutput:\n  schema: Greeting\n---\nx", "only a program knows");
}

#[test]
fn handlebars_and_jinja_say_the_same() {
    let text = |body: &str| {
        one(Form::Dotprompt, "a.prompt", body).unwrap().versions[0].content.as_str().unwrap().to_owned()
    };
    assert_eq!(text("{{{a}}} {{~b~}} {{a.b.0}}"), "{{ a }} {{- b -}} {{ a.b[0] }}");
    assert_eq!(text("{{! no }}a\n{{!-- {{b}} --}}\nc"), "a\nc");
    assert_eq!(text("\\{{a}} {% x %} {# y"), "{{ '{{' }}a}} {{ '{%' }} x %} {{ '{#' }} y");
    assert_eq!(
        text(
            "{{#each as}}\n- {{name}} {{@index}} {{../b}} {{#each xs}}{{this}}{{../name}}{{@root.c}}{{/each}}\n{{/each}}end"
        ),
        "{% for item in as %}- {{ item.name }} {{ loop.index0 }} {{ b }} {% for item2 in item.xs %}{{ item2 }}{{ item.name }}{{ c }}{% endfor %}\n{% endfor %}end"
    );
    assert_eq!(text("{{#unless a}}x{{else}}y{{/unless}}"), "{% if not (a) %}x{% else %}y{% endif %}");
    assert_eq!(
        text("{{#if a}}x{{else if b}}y{{/if}}{{>shared}}"),
        "{% if a %}x{% elif b %}y{% endif %}{% include \"shared\" %}"
    );
    assert_eq!(text("{{json a}}"), "{{ a | tojson }}");
}

#[test]
fn a_prompty_file_becomes_a_version_and_a_sample() {
    let text = "---\nname: Basic Prompt\ndescription: Asks\nauthors: [Ada]\ntags: [x]\nmodel:\n  api: chat\n  configuration:\n    type: azure_openai\n    \
        azure_deployment: gpt-4o\n  parameters:\n    max_tokens: 128\n    temperature: 0.2\ninputs:\n  question:\n    type: string\n    description: what\n  \
        n:\n    type: number\n    default: 3\nsample:\n  question: Who?\n---\nsystem:\nYou are kind.\n\nuser:\n{{question}} {{n}}\n";
    let prompt = one(Form::Prompty, "basic.prompty", text).unwrap();
    let version = &prompt.versions[0];
    assert_eq!(
        version.content,
        json!([{"role": "system", "content": "You are kind."}, {"role": "user", "content": "{{question}} {{n}}"}])
    );
    assert_eq!(
        version.settings,
        Some(
            serde_json::from_str(
                r#"{"provider":"azure_openai","model":"gpt-4o","max_tokens":128,"temperature":0.2}"#
            )
            .unwrap()
        )
    );
    let wanted: Value = json!([
        {"name": "question", "schema": {"type": "string"}, "required": true, "description": "what"},
        {"name": "n", "schema": {"type": "number"}, "default": 3},
    ]);
    assert_eq!(version.variables, Some(wanted));
    assert_eq!(prompt.samples[0].variables["question"], "Who?");
    let about = prompt.about.unwrap();
    assert!(
        about.description == "Asks" && about.owner == "Ada" && version.metadata["title"] == "Basic Prompt"
    );
    assert!(
        one(Form::Prompty, "a.prompty", "---\ntemplate: mustache\n---\nx").unwrap_err().contains("mustache")
    );
}
