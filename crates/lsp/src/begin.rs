//! The beginning of a session: what the editor can, and what it is told that the server can.

use crate::place::Encoding;
use crate::server::ServeError;
use lsp_server::{Connection, ErrorCode, Message, Request, Response};
use lsp_types::notification::{Exit, Notification as _};
use lsp_types::request::{Initialize, RegisterCapability, Request as _};
use lsp_types::{
    CodeActionProviderCapability, CodeLensOptions, CompletionOptions, HoverProviderCapability, OneOf,
    PositionEncodingKind, RenameOptions, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
};
use serde_json::{Value, json};

/// What the editor can.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// What its columns count.
    pub encoding: Encoding,
    /// Whether it asks for lenses again when it is told to.
    pub refreshes: bool,
    /// Whether it tells of changes on the disk when it is asked to.
    pub watches: bool,
    /// Whether it takes edits of several texts in order.
    pub orders_edits: bool,
    /// Whether an edit may make a file.
    pub creates: bool,
}

impl Abilities {
    /// Read by hand: what else an editor says, and whether it says it right, is nothing to us.
    fn of(parameters: &Value) -> Self {
        let at = |path: &str| parameters.pointer(&format!("/capabilities/{path}"));
        let is_true = |path: &str| at(path) == Some(&Value::Bool(true));
        let encodings = at("general/positionEncodings").cloned();
        let encodings: Option<Vec<PositionEncodingKind>> = encodings.and_then(|all| serde_json::from_value(all).ok());
        let operations = at("workspace/workspaceEdit/resourceOperations").and_then(Value::as_array);
        Abilities {
            encoding: Encoding::of(encodings.as_deref()),
            refreshes: is_true("workspace/codeLens/refreshSupport"),
            watches: is_true("workspace/didChangeWatchedFiles/dynamicRegistration"),
            orders_edits: is_true("workspace/workspaceEdit/documentChanges"),
            creates: operations.is_some_and(|all| all.iter().any(|operation| operation == "create")),
        }
    }
}

/// Waits for `initialize` and answers it.
pub fn begin(connection: &Connection) -> Result<Abilities, ServeError> {
    loop {
        let request = match connection.receiver.recv().map_err(|_| ServeError::Gone)? {
            Message::Request(request) => request,
            Message::Notification(told) if told.method == Exit::METHOD => return Err(ServeError::Left),
            Message::Notification(_) | Message::Response(_) => continue,
        };
        let is_first = request.method == Initialize::METHOD;
        let abilities = Abilities::of(&request.params);
        let response = match is_first {
            true => {
                let server = json!({"name": "weir", "version": env!("CARGO_PKG_VERSION")});
                let capabilities = capabilities(abilities.encoding);
                Response::new_ok(request.id, json!({"capabilities": capabilities, "serverInfo": server}))
            }
            false => {
                let why = format!("`initialize` comes before `{}`", request.method);
                Response::new_err(request.id, ErrorCode::ServerNotInitialized as i32, why)
            }
        };
        connection.sender.send(Message::Response(response)).map_err(|_| ServeError::Gone)?;
        if is_first {
            return Ok(abilities);
        }
    }
}

/// What asks the editor to tell of changes on the disk.
pub fn watching() -> Request {
    let watchers =
        ["**/{parser.yml,dataset.yml}", "**/_meta/*", "**/tests/*.json"].map(|glob| json!({"globPattern": glob}));
    let registration = json!({
        "id": "files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": {"watchers": watchers},
    });
    let parameters = json!({"registrations": [registration]});
    Request::new("files".to_owned().into(), RegisterCapability::METHOD.to_owned(), parameters)
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let triggers = [".", "|", " ", "{", "\"", "'", "@"].map(str::to_owned).to_vec();
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers),
            ..CompletionOptions::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: Default::default(),
        })),
        code_action_provider: Some(CodeActionProviderCapability::Simple(true)),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        ..ServerCapabilities::default()
    }
}
