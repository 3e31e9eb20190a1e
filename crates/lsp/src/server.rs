//! The loop: what the editor sends, what was looked at in the background, and what is due to be.

use crate::background::{self, Done, Job};
use crate::documents::Documents;
use crate::place::{self, Encoding};
use crate::{actions, convert, findings, formats};
use crossbeam_channel::{Receiver, Sender, after, never, select};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument,
    Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, CodeLensRefresh, CodeLensRequest, Completion, GotoDefinition, HoverRequest,
    PrepareRenameRequest, Rename, Request as _,
};
use lsp_types::{
    CodeActionParams, CodeActionProviderCapability, CodeLensOptions, CodeLensParams, CompletionList, CompletionOptions,
    CompletionParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, GotoDefinitionParams, HoverParams, HoverProviderCapability,
    InitializeParams, Location, OneOf, PrepareRenameResponse, RenameOptions, RenameParams, ServerCapabilities,
    TextDocumentPositionParams, TextDocumentSyncCapability, TextDocumentSyncKind, TextEdit, Uri, WorkspaceEdit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weir_author::assist::Assistant;

/// How long a text rests before it is looked at.
const REST: Duration = Duration::from_millis(100);

/// Why serving ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// What came in is not the protocol.
    #[error("the editor does not speak the protocol: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// A stream failed.
    #[error("cannot talk to the editor: {0}")]
    Stream(#[from] std::io::Error),
    /// What is said does not become JSON.
    #[error("an answer cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// Nobody listens any more.
    #[error("the editor has gone")]
    Gone,
}

/// Serves an editor until it leaves.
///
/// # Errors
/// Where what comes in is not the protocol, or a stream fails.
pub fn run(connection: &Connection) -> Result<(), ServeError> {
    let (id, parameters) = connection.initialize_start()?;
    let parameters: InitializeParams = serde_json::from_value(parameters)?;
    let offered = parameters.capabilities.general.and_then(|general| general.position_encodings);
    let encoding = Encoding::of(offered.as_deref());
    let lenses = parameters.capabilities.workspace.and_then(|workspace| workspace.code_lens);
    let refreshes = lenses.is_some_and(|lenses| lenses.refresh_support == Some(true));
    let server = json!({"name": "weir", "version": env!("CARGO_PKG_VERSION")});
    connection.initialize_finish(id, json!({"capabilities": capabilities(encoding), "serverInfo": server}))?;
    let (jobs, done) = background::start()?;
    let (documents, formats) = (Documents::default(), HashMap::new());
    Server { connection, encoding, refreshes, asked: 0, jobs, documents, formats }.serve(&done)
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

struct Server<'c> {
    connection: &'c Connection,
    encoding: Encoding,
    /// Whether the editor asks for lenses again when it is told to.
    refreshes: bool,
    /// How often it was told.
    asked: i32,
    jobs: Sender<Job>,
    documents: Documents,
    /// By their folders.
    formats: HashMap<PathBuf, Known>,
}

/// A format of which a text is open, or was.
#[derive(Default)]
struct Known {
    /// When it is to be looked at.
    due: Option<Instant>,
    /// What is known of its texts as they were last.
    latest: Option<Arc<Assistant>>,
    /// What is known of them as they were when they last compiled.
    useful: Option<Arc<Assistant>>,
    /// The texts whose findings the editor shows.
    told: Vec<PathBuf>,
    /// Its spec.
    parser: PathBuf,
}

/// A place in a spec that an editor asks about.
struct Asked<'s> {
    assistant: &'s Assistant,
    uri: Uri,
    text: &'s str,
    offset: usize,
}

impl Server<'_> {
    fn serve(&mut self, done: &Receiver<Done>) -> Result<(), ServeError> {
        loop {
            let due = self.formats.values().filter_map(|known| known.due).min();
            let timer = due.map_or_else(never, |due| after(due.saturating_duration_since(Instant::now())));
            select! {
                recv(self.connection.receiver) -> message => match message {
                    Ok(Message::Request(request)) if self.connection.handle_shutdown(&request)? => return Ok(()),
                    Ok(Message::Request(request)) => self.request(request)?,
                    Ok(Message::Notification(notification)) => self.notification(notification),
                    Ok(Message::Response(_)) => {}
                    Err(_) => return Ok(()),
                },
                recv(done) -> done => match done {
                    Ok(done) => self.done(done)?,
                    Err(_) => return Err(ServeError::Gone),
                },
                recv(timer) -> _ => self.look(),
            }
        }
    }

    /// Hands those formats to the background that are due.
    fn look(&mut self) {
        let now = Instant::now();
        let documents = &self.documents;
        for (root, known) in &mut self.formats {
            if known.due.is_some_and(|due| due <= now) {
                known.due = None;
                if let Some(place) = formats::place_of(&known.parser) {
                    // Who does not take it any more has ended, and the loop with it.
                    let _ = self.jobs.send(Job { root: root.clone(), folder: formats::folder(&place, documents) });
                }
            }
        }
    }

    fn done(&mut self, Done { root, assistant }: Done) -> Result<(), ServeError> {
        let Some(known) = self.formats.get_mut(&root) else { return Ok(()) };
        let Some(assistant) = assistant else { return Ok(()) };
        if assistant.is_useful() || known.useful.is_none() {
            known.useful = Some(Arc::clone(&assistant));
        }
        let checked = &assistant.answers.checked;
        let published = findings::published(checked, &known.told, &self.documents, self.encoding);
        let is_told = |(path, told): (&PathBuf, &lsp_types::PublishDiagnosticsParams)| {
            (!told.diagnostics.is_empty()).then(|| path.clone())
        };
        known.told = published.iter().filter_map(is_told).collect();
        // One without findings is told that it has none: so that one knows it was looked at.
        let parser = known.parser.clone();
        known.latest = Some(assistant);
        let clean = self.documents.get(&parser).filter(|_| !published.contains_key(&parser));
        let clean = clean.map(|open| lsp_types::PublishDiagnosticsParams::new(open.uri.clone(), Vec::new(), None));
        for told in published.into_values().chain(clean) {
            self.notify::<PublishDiagnostics>(told)?;
        }
        if self.refreshes {
            self.asked += 1;
            let request = Request::new(self.asked.into(), CodeLensRefresh::METHOD.to_owned(), ());
            self.connection.sender.send(Message::Request(request)).map_err(|_| ServeError::Gone)?;
        }
        Ok(())
    }

    fn notify<N: lsp_types::notification::Notification>(&self, parameters: N::Params) -> Result<(), ServeError>
    where
        N::Params: Serialize,
    {
        let notification = Notification::new(N::METHOD.to_owned(), parameters);
        self.connection.sender.send(Message::Notification(notification)).map_err(|_| ServeError::Gone)
    }

    /// A text has changed: its format is looked at when it rests, or at once.
    fn changed(&mut self, path: &Path, rest: Duration) {
        let Some(place) = formats::place_of(path) else { return };
        let known = self.formats.entry(place.root).or_default();
        known.parser = place.parser;
        known.due = Some(Instant::now() + rest);
    }

    fn notification(&mut self, notification: Notification) {
        // What cannot be read is passed over: the protocol has no answer to it.
        let Notification { method, params } = notification;
        match &*method {
            DidOpenTextDocument::METHOD => {
                if let Ok(DidOpenTextDocumentParams { text_document: open }) = serde_json::from_value(params)
                    && let Some(path) = self.documents.set(open.uri, open.text)
                {
                    self.changed(&path, Duration::ZERO);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Ok(DidChangeTextDocumentParams { text_document, content_changes }) =
                    serde_json::from_value(params)
                    && let Some(last) = content_changes.into_iter().last()
                    && let Some(path) = self.documents.set(text_document.uri, last.text)
                {
                    self.changed(&path, REST);
                }
            }
            DidCloseTextDocument::METHOD => {
                if let Ok(DidCloseTextDocumentParams { text_document }) = serde_json::from_value(params)
                    && let Some(path) = self.documents.close(&text_document.uri)
                {
                    self.changed(&path, REST);
                }
            }
            DidSaveTextDocument::METHOD => {
                if let Ok(DidSaveTextDocumentParams { text_document, .. }) = serde_json::from_value(params)
                    && let Some(path) = place::path(&text_document.uri)
                {
                    self.changed(&path, Duration::ZERO);
                }
            }
            DidChangeWatchedFiles::METHOD => {
                if let Ok(DidChangeWatchedFilesParams { changes }) = serde_json::from_value(params) {
                    let paths: Vec<PathBuf> = changes.iter().filter_map(|change| place::path(&change.uri)).collect();
                    paths.iter().for_each(|path| self.changed(path, REST));
                }
            }
            _ => {}
        }
    }

    /// Answers, whatever happens: a mistake of ours ends an answer, and not the session.
    fn request(&self, Request { id, method, params }: Request) -> Result<(), ServeError> {
        let answer = catch_unwind(AssertUnwindSafe(|| self.answer(&id, &method, params)));
        let failed = |_| {
            Response::new_err(id.clone(), ErrorCode::InternalError as i32, "this is a mistake of weir's".to_owned())
        };
        let response = answer.unwrap_or_else(failed);
        self.connection.sender.send(Message::Response(response)).map_err(|_| ServeError::Gone)
    }

    fn answer(&self, id: &RequestId, method: &str, params: Value) -> Response {
        match method {
            HoverRequest::METHOD => self.told(id, params, |server, params: HoverParams| Ok(server.hover(&params))),
            Completion::METHOD => {
                self.told(id, params, |server, params: CompletionParams| Ok(server.complete(&params)))
            }
            GotoDefinition::METHOD => {
                self.told(id, params, |server, params: GotoDefinitionParams| Ok(server.definition(&params)))
            }
            PrepareRenameRequest::METHOD => {
                self.told(id, params, |server, params: TextDocumentPositionParams| Ok(server.prepare_rename(&params)))
            }
            Rename::METHOD => self.told(id, params, |server, params: RenameParams| server.rename(&params)),
            CodeActionRequest::METHOD => {
                self.told(id, params, |server, params: CodeActionParams| Ok(server.actions(&params)))
            }
            CodeLensRequest::METHOD => {
                self.told(id, params, |server, params: CodeLensParams| Ok(server.lenses(&params)))
            }
            _ => Response::new_err(
                id.clone(),
                ErrorCode::MethodNotFound as i32,
                format!("weir does not know `{method}`"),
            ),
        }
    }

    fn told<P: DeserializeOwned, R: Serialize>(
        &self,
        id: &RequestId,
        params: Value,
        answer: impl FnOnce(&Self, P) -> Result<R, String>,
    ) -> Response {
        let params = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => return Response::new_err(id.clone(), ErrorCode::InvalidParams as i32, error.to_string()),
        };
        match answer(self, params) {
            Ok(answer) => Response::new_ok(id.clone(), answer),
            Err(reason) => Response::new_err(id.clone(), ErrorCode::RequestFailed as i32, reason),
        }
    }

    /// The format that an open text belongs to.
    fn known(&self, uri: &Uri) -> Option<&Known> {
        self.formats.get(&formats::place_of(&place::path(uri)?)?.root)
    }

    /// The place in a spec; nothing in another text, or before the format was looked at.
    fn asked(&self, at: &TextDocumentPositionParams) -> Option<Asked<'_>> {
        let uri = &at.text_document.uri;
        let known = self.known(uri).filter(|known| place::path(uri).as_ref() == Some(&known.parser))?;
        let text = &*self.documents.get(&known.parser)?.text;
        let offset = self.encoding.byte(text, at.position);
        Some(Asked { assistant: known.useful.as_deref()?, uri: uri.clone(), text, offset })
    }

    fn hover(&self, params: &HoverParams) -> Option<lsp_types::Hover> {
        let Asked { assistant, text, offset, .. } = self.asked(&params.text_document_position_params)?;
        Some(convert::hover(assistant.hover(text, offset)?, text, self.encoding))
    }

    fn complete(&self, params: &CompletionParams) -> Option<CompletionList> {
        let Asked { assistant, text, offset, .. } = self.asked(&params.text_document_position)?;
        let proposals = assistant.complete(text, offset).into_iter().enumerate();
        let items = proposals.map(|proposal| convert::completion(proposal, text, self.encoding)).collect();
        Some(CompletionList { is_incomplete: true, items })
    }

    fn definition(&self, params: &GotoDefinitionParams) -> Option<Vec<Location>> {
        let Asked { assistant, text, offset, uri } = self.asked(&params.text_document_position_params)?;
        let targets = assistant.definition(text, offset).into_iter().filter_map(|target| {
            let path = Path::new(&target.file);
            match self.documents.uri(path)? {
                own if own == uri => Some(Location { range: self.encoding.range(text, target.range), uri: own }),
                other => {
                    let open = self.documents.get(path).map(|open| open.text.clone());
                    let text = open.or_else(|| Some(weir_formats::folders::optional(path).ok()??.1))?;
                    Some(Location { range: self.encoding.range(&text, target.range), uri: other })
                }
            }
        });
        Some(targets.collect())
    }

    fn prepare_rename(&self, params: &TextDocumentPositionParams) -> Option<PrepareRenameResponse> {
        let Asked { assistant, text, offset, .. } = self.asked(params)?;
        let renamed = assistant.can_rename(text, offset)?;
        Some(PrepareRenameResponse::Range(self.encoding.range(text, renamed.word)))
    }

    fn rename(&self, params: &RenameParams) -> Result<Option<WorkspaceEdit>, String> {
        let Some(Asked { assistant, text, offset, uri }) = self.asked(&params.text_document_position) else {
            return Ok(None);
        };
        let renamed = assistant.rename(text, offset, &params.new_name)?;
        let edit = |place| TextEdit { range: self.encoding.range(text, place), new_text: params.new_name.clone() };
        let edits: Vec<TextEdit> = renamed.places.into_iter().map(edit).collect();
        #[allow(clippy::mutable_key_type, reason = "the protocol's type; a URI does not change")]
        let changes = HashMap::from([(uri, edits)]);
        Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
    }

    fn actions(&self, params: &CodeActionParams) -> Option<Vec<lsp_types::CodeActionOrCommand>> {
        let uri = &params.text_document.uri;
        let latest = self.known(uri)?.latest.as_ref()?;
        Some(actions::fixes(&latest.answers.checked, uri, params.range, &self.documents, self.encoding))
    }

    fn lenses(&self, params: &CodeLensParams) -> Option<Vec<lsp_types::CodeLens>> {
        let at = TextDocumentPositionParams::new(params.text_document.clone(), lsp_types::Position::default());
        let Asked { assistant, text, .. } = self.asked(&at)?;
        Some(assistant.lenses(text).into_iter().map(|lens| convert::lens(lens, text, self.encoding)).collect())
    }
}
