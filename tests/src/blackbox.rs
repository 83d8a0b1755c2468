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
    /// Starts the client, to speak to `address` (`127.0.0.1:50051`) in plain text.
    ///
    /// # Panics
    /// When its Python environment, which `tests/run` makes, is not there.
    #[must_use]
    pub fn at(address: &str) -> Self {
        Self::start(&[address])
    }

    /// Starts the client, to speak TLS to `address` (`localhost:50051`) and to trust the authority whose certificate
    /// lies in that file, and no other.
    ///
    /// # Panics
    /// As [`Stranger::at`].
    #[must_use]
    pub fn over_tls(address: &str, authority: &str) -> Self {
        Self::start(&[address, authority])
    }

    fn start(arguments: &[&str]) -> Self {
        let python = crate::target().join("python/bin/python");
        assert!(python.is_file(), "the client's environment is not there: tests/run makes it");
        let mut command = Command::new(python);
        // Nothing is compiled into the source tree.
        command.arg("-B").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/blackbox/client.py")).args(arguments);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("a pipe, as asked for"));
        Self { process, orders, answers, metadata: json!({}) }
    }

    /// Sends one more header with every call from now on.
    pub fn bring(&mut self, header: &str, value: &str) {
        self.metadata[header] = json!(value);
    }

    /// Shows an API key from now on, or none.
    pub fn show(&mut self, key: Option<&str>) {
        let header = |key: &str| json!({"authorization": format!("Bearer {key}")});
        self.metadata = key.map_or_else(|| json!({}), header);
    }

    /// Forgets what it has learnt and learns by that version of reflection, `v1` or `v1alpha`, from now on.
    pub fn learn_by(&mut self, version: &str) {
        self.ask(&json!({"learn": version}));
    }

    /// Leaf and chain of each record of a tenant's whole ledger, given in order, as Python makes them of salt and
    /// canonical bytes.
    pub fn recompute(&mut self, tenant: &str, records: &[Value]) -> Vec<Value> {
        let told = self.ask(&json!({"ledger": {"tenant": tenant, "records": records}}));
        told["ledger"].as_array().cloned().unwrap_or_default()
    }

    /// The test vector of the ledger's format, as Python writes it of the record, the tenant and the salts in it.
    pub fn recompute_vector(&mut self, text: &str) -> String {
        self.ask(&json!({"vector": text}))["vector"].as_str().unwrap_or_default().to_owned()
    }

    /// All that is wrong with JSON texts by a JSON schema, as Python's own judge of schemas says.
    pub fn complaints(&mut self, schema: &str, documents: &[String]) -> Vec<String> {
        let schema: Value = serde_json::from_str(schema).expect("a schema is JSON");
        words(&self.ask(&json!({"schema": schema, "documents": documents}))["complaints"])
    }

    /// Calls a method (`assent.v1.ConsentService/GetConsents`) with a message in protobuf's JSON form.
    /// Gives `{"response": …}`, of a method that answers with a stream `{"responses": […]}`, or `{"error": {"code", "message", "details"}}`.
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
