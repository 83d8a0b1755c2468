//! A client that others wrote (`tests/blackbox/client.py`), driven by JSON lines: it knows the service by its
//! address and by reflection alone.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The running client. Dropped, it ends.
#[derive(Debug)]
pub struct Stranger {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    metadata: Value,
}

impl Stranger {
    /// Starts the client, to speak to `address` (`127.0.0.1:50051`) with an API key or without one.
    ///
    /// # Panics
    /// When its Python environment, which `tests/run` makes, is not there.
    #[must_use]
    pub fn at(address: &str, key: Option<&str>) -> Self {
        let python = crate::target().join("python/bin/python");
        assert!(python.is_file(), "the client's environment is not there: tests/run makes it");
        let mut command = Command::new(python);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/blackbox/client.py")).arg(address);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("a pipe, as asked for"));
        let metadata = key.map_or_else(|| json!({}), |key| json!({"authorization": format!("Bearer {key}")}));
        Self { process, orders, answers, metadata }
    }

    /// Sends one more header with every call from now on.
    pub fn bring(&mut self, header: &str, value: &str) {
        self.metadata[header] = json!(value);
    }

    /// Calls a unary method (`assent.v1.ConsentService/GetConsents`) with a message in protobuf's JSON form.
    /// Gives `{"response": …}` or `{"error": {"code", "message", "details"}}`.
    pub fn call(&mut self, method: &str, request: &Value) -> Value {
        let metadata = self.metadata.clone();
        self.ask(&json!({"call": method, "request": request, "metadata": metadata}))
    }

    /// The services that reflection names.
    pub fn services(&mut self) -> Vec<String> {
        words(&self.ask(&json!({"list": true}))["services"])
    }

    /// The methods of a service, as reflection describes it.
    pub fn methods(&mut self, service: &str) -> Vec<String> {
        words(&self.ask(&json!({"methods": service}))["methods"])
    }

    /// What the service says of its health: `SERVING`, or the code of an error.
    pub fn health(&mut self, service: &str) -> String {
        let answer = self.ask(&json!({"health": service}));
        let said = answer["health"].as_str().or_else(|| answer["error"]["code"].as_str());
        said.unwrap_or_default().to_owned()
    }

    fn ask(&mut self, order: &Value) -> Value {
        writeln!(self.orders.as_mut().expect("open until the drop"), "{order}").expect("the client listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the client answers");
        serde_json::from_str(&line).expect("an answer is JSON; the client's own words are on standard error")
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.process.wait();
    }
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
