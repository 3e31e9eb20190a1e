//! The loop: what the editor sends, what was looked at in the background, and what is due to be.

use crate::background::{self, Done, Job};
use crate::begin::{self, Abilities};
use crate::documents::Documents;
use crate::place;
use crate::{actions, convert, findings, formats};
use crossbeam_channel::{Receiver, Sender, after, never, select};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidCloseTextDocument, DidOpenTextDocument, DidSaveTextDocument, Exit,
    Initialized, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{
    CodeActionRequest, CodeLensRefresh, CodeLensRequest, Completion, GotoDefinition, HoverRequest,
    PrepareRenameRequest, Rename, Request as _, Shutdown,
};
use lsp_types::{
    CodeActionKind, CodeActionParams, CodeLensParams, CompletionList, CompletionParams, DidChangeTextDocumentParams,
    DidChangeWatchedFilesParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    GotoDefinitionParams, HoverParams, Location, PrepareRenameResponse, PublishDiagnosticsParams, RenameParams,
    TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
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
    /// A stream failed.
    #[error("cannot talk to the editor: {0}")]
    Stream(#[from] std::io::Error),
    /// The editor left without `shutdown`.
    #[error("the editor left without `shutdown`")]
    Left,
    /// Nobody listens any more.
    #[error("the editor has gone")]
    Gone,
}

/// Serves an editor until it leaves.
///
/// # Errors
/// Where the editor ends without leaving.
pub fn run(connection: &Connection) -> Result<(), ServeError> {
    let abilities = begin::begin(connection)?;
    let (jobs, done) = background::start()?;
    let (documents, formats) = (Documents::default(), HashMap::new());
    Server { connection, abilities, refreshes_sent: 0, leaves: false, jobs, documents, formats }.serve(&done)
}

struct Server<'c> {
    connection: &'c Connection,
    abilities: Abilities,
    /// How often the editor was told to ask for lenses again.
    refreshes_sent: i32,
    /// Whether the editor has said that it will leave.
    leaves: bool,
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
    published: Vec<PathBuf>,
    /// Its spec.
    parser: PathBuf,
}

/// A place in a spec that an editor asks about.
struct Located<'s> {
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
                    Ok(Message::Notification(told)) if told.method == Exit::METHOD => {
                        return if self.leaves { Ok(()) } else { Err(ServeError::Left) };
                    }
                    Ok(Message::Request(request)) => self.request(request)?,
                    Ok(Message::Notification(notification)) => self.notification(notification)?,
                    Ok(Message::Response(_)) => {}
                    Err(_) => return Ok(()),
                },
                recv(done) -> done => match done {
                    Ok(done) => self.done(done)?,
                    Err(_) => return Err(ServeError::Gone),
                },
                recv(timer) -> _ => self.look()?,
            }
        }
    }

    /// Hands those formats to the background that are due, and forgets those that are gone.
    fn look(&mut self) -> Result<(), ServeError> {
        let now = Instant::now();
        let is_due = |known: &Known| known.due.is_some_and(|due| due <= now);
        let due: Vec<PathBuf> =
            self.formats.iter().filter(|(_, known)| is_due(known)).map(|(root, _)| root.clone()).collect();
        for root in due {
            let Some(known) = self.formats.get_mut(&root) else { continue };
            known.due = None;
            let is_there = self.documents.get(&known.parser).is_some() || known.parser.is_file();
            match formats::place_of(&known.parser, &self.documents).filter(|_| is_there) {
                // Who does not take it any more has ended, and the loop with it.
                Some(place) => drop(self.jobs.send(Job { folder: formats::folder(&place, &self.documents), root })),
                None => self.forget(&root)?,
            }
        }
        Ok(())
    }

    /// A format is gone, and its findings with it.
    fn forget(&mut self, root: &Path) -> Result<(), ServeError> {
        let Some(known) = self.formats.remove(root) else { return Ok(()) };
        for uri in known.published.iter().filter_map(|path| self.documents.uri(path)) {
            self.notify::<PublishDiagnostics>(PublishDiagnosticsParams::new(uri, Vec::new(), None))?;
        }
        Ok(())
    }

    fn done(&mut self, Done { root, assistant }: Done) -> Result<(), ServeError> {
        let Some(known) = self.formats.get_mut(&root) else { return Ok(()) };
        let Some(assistant) = assistant else { return Ok(()) };
        if assistant.is_useful() || known.useful.is_none() {
            known.useful = Some(Arc::clone(&assistant));
        }
        let checked = &assistant.answers.checked;
        let published = findings::published(checked, &known.published, &self.documents, self.abilities.encoding);
        let with_findings = published.iter().filter(|(_, told)| !told.diagnostics.is_empty());
        known.published = with_findings.map(|(path, _)| path.clone()).collect();
        // One without findings is told that it has none: so that one knows it was looked at.
        let parser = known.parser.clone();
        known.latest = Some(assistant);
        let clean = self.documents.get(&parser).filter(|_| !published.contains_key(&parser));
        let clean = clean.map(|open| PublishDiagnosticsParams::new(open.uri.clone(), Vec::new(), None));
        for told in published.into_values().chain(clean) {
            self.notify::<PublishDiagnostics>(told)?;
        }
        if self.abilities.refreshes {
            self.refreshes_sent += 1;
            let request = Request::new(self.refreshes_sent.into(), CodeLensRefresh::METHOD.to_owned(), ());
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
        let due = Some(Instant::now() + rest);
        let Some(place) = formats::place_of(path, &self.documents) else {
            // What a module declares counts for each of its formats; and a folder may be gone with the formats in it.
            let is_of_module =
                |root: &Path| root.parent().is_some_and(|module| module.join("_meta/fields.yml") == path);
            let touched = self.formats.iter_mut().filter(|(root, _)| is_of_module(root) || root.starts_with(path));
            touched.for_each(|(_, known)| known.due = due);
            return;
        };
        let known = self.formats.entry(place.root).or_default();
        known.parser = place.parser;
        known.due = due;
    }

    fn notification(&mut self, notification: Notification) -> Result<(), ServeError> {
        // What cannot be read is passed over: the protocol has no answer to it.
        let Notification { method, params } = notification;
        match &*method {
            Initialized::METHOD if self.abilities.watches => {
                self.connection.sender.send(Message::Request(begin::watching())).map_err(|_| ServeError::Gone)?;
            }
            DidOpenTextDocument::METHOD => {
                if let Ok(DidOpenTextDocumentParams { text_document: open }) = serde_json::from_value(params)
                    && let Some(path) = self.documents.open(open.uri, open.text)
                {
                    self.changed(&path, Duration::ZERO);
                }
            }
            DidChangeTextDocument::METHOD => {
                if let Ok(DidChangeTextDocumentParams { text_document, content_changes }) =
                    serde_json::from_value(params)
                    && let Some(path) =
                        self.documents.change(&text_document.uri, content_changes, self.abilities.encoding)
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
        Ok(())
    }

    /// Answers, whatever happens: a mistake of ours ends an answer, and not the session.
    fn request(&mut self, Request { id, method, params }: Request) -> Result<(), ServeError> {
        let leaves = self.leaves;
        self.leaves |= method == Shutdown::METHOD;
        let answer = catch_unwind(AssertUnwindSafe(|| match leaves {
            true => Response::new_err(
                id.clone(),
                ErrorCode::InvalidRequest as i32,
                "nothing comes behind `shutdown`".to_owned(),
            ),
            false => self.answer(&id, &method, params),
        }));
        let failed = |_| {
            Response::new_err(
                id.clone(),
                ErrorCode::InternalError as i32,
                "a defect of weir: the request ended in a panic".to_owned(),
            )
        };
        let response = answer.unwrap_or_else(failed);
        self.connection.sender.send(Message::Response(response)).map_err(|_| ServeError::Gone)
    }

    fn answer(&self, id: &RequestId, method: &str, mut params: Value) -> Response {
        match method {
            Shutdown::METHOD => Response::new_ok(id.clone(), Value::Null),
            HoverRequest::METHOD => self.respond(id, params, |server, params: HoverParams| Ok(server.hover(&params))),
            Completion::METHOD => {
                self.respond(id, params, |server, params: CompletionParams| Ok(server.complete(&params)))
            }
            GotoDefinition::METHOD => {
                self.respond(id, params, |server, params: GotoDefinitionParams| Ok(server.definition(&params)))
            }
            PrepareRenameRequest::METHOD => self
                .respond(id, params, |server, params: TextDocumentPositionParams| Ok(server.prepare_rename(&params))),
            Rename::METHOD => self.respond(id, params, |server, params: RenameParams| server.rename(&params)),
            CodeActionRequest::METHOD => {
                // Those of other servers stand among them, in whatever shape.
                params.pointer_mut("/context/diagnostics").into_iter().for_each(|others| *others = json!([]));
                self.respond(id, params, |server, params: CodeActionParams| Ok(server.actions(&params)))
            }
            CodeLensRequest::METHOD => {
                self.respond(id, params, |server, params: CodeLensParams| Ok(server.lenses(&params)))
            }
            _ => Response::new_err(
                id.clone(),
                ErrorCode::MethodNotFound as i32,
                format!("weir does not know `{method}`"),
            ),
        }
    }

    fn respond<P: DeserializeOwned, R: Serialize>(
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
        self.formats.get(&formats::place_of(&place::path(uri)?, &self.documents)?.root)
    }

    /// The place in a spec; nothing in another text, or before the format was looked at.
    fn located(&self, at: &TextDocumentPositionParams) -> Option<Located<'_>> {
        let uri = &at.text_document.uri;
        let known = self.known(uri).filter(|known| place::path(uri).as_ref() == Some(&known.parser))?;
        let text = &*self.documents.get(&known.parser)?.text;
        let offset = self.abilities.encoding.byte(text, at.position);
        Some(Located { assistant: known.useful.as_deref()?, uri: uri.clone(), text, offset })
    }

    fn hover(&self, params: &HoverParams) -> Option<lsp_types::Hover> {
        let Located { assistant, text, offset, .. } = self.located(&params.text_document_position_params)?;
        Some(convert::hover(assistant.hover(text, offset)?, text, self.abilities.encoding))
    }

    fn complete(&self, params: &CompletionParams) -> Option<CompletionList> {
        let Located { assistant, text, offset, .. } = self.located(&params.text_document_position)?;
        let proposals = assistant.complete(text, offset).into_iter().enumerate();
        let items = proposals.map(|proposal| convert::completion(proposal, text, self.abilities.encoding)).collect();
        Some(CompletionList { is_incomplete: true, items })
    }

    fn definition(&self, params: &GotoDefinitionParams) -> Option<Vec<Location>> {
        let Located { assistant, text, offset, uri } = self.located(&params.text_document_position_params)?;
        let targets = assistant.definition(text, offset).into_iter().filter_map(|target| {
            let path = Path::new(&target.file);
            match self.documents.uri(path)? {
                own if own == uri => {
                    Some(Location { range: self.abilities.encoding.range(text, target.range), uri: own })
                }
                other => {
                    let open = self.documents.get(path).map(|open| open.text.clone());
                    let text = open.or_else(|| Some(weir_formats::folders::optional(path).ok()??.1))?;
                    Some(Location { range: self.abilities.encoding.range(&text, target.range), uri: other })
                }
            }
        });
        Some(targets.collect())
    }

    fn prepare_rename(&self, params: &TextDocumentPositionParams) -> Option<PrepareRenameResponse> {
        let Located { assistant, text, offset, .. } = self.located(params)?;
        let renamed = assistant.can_rename(text, offset)?;
        Some(PrepareRenameResponse::Range(self.abilities.encoding.range(text, renamed.word)))
    }

    fn rename(&self, params: &RenameParams) -> Result<Option<WorkspaceEdit>, String> {
        let Some(Located { assistant, text, offset, uri }) = self.located(&params.text_document_position) else {
            return Ok(None);
        };
        let renamed = assistant.rename(text, offset, &params.new_name)?;
        let edit =
            |place| TextEdit { range: self.abilities.encoding.range(text, place), new_text: params.new_name.clone() };
        let edits: Vec<TextEdit> = renamed.places.into_iter().map(edit).collect();
        #[allow(clippy::mutable_key_type, reason = "the protocol's type; a URI does not change")]
        let changes = HashMap::from([(uri, edits)]);
        Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
    }

    fn actions(&self, params: &CodeActionParams) -> Option<Vec<lsp_types::CodeActionOrCommand>> {
        let uri = &params.text_document.uri;
        let is_wanted = |kind: &CodeActionKind| kind.as_str().is_empty() || *kind == CodeActionKind::QUICKFIX;
        if params.context.only.as_ref().is_some_and(|only| !only.iter().any(is_wanted)) {
            return None;
        }
        let latest = self.known(uri)?.latest.as_ref()?;
        Some(actions::fixes(&latest.answers.checked, uri, params.range, &self.documents, self.abilities))
    }

    fn lenses(&self, params: &CodeLensParams) -> Option<Vec<lsp_types::CodeLens>> {
        let at = TextDocumentPositionParams::new(params.text_document.clone(), lsp_types::Position::default());
        let Located { assistant, text, .. } = self.located(&at)?;
        Some(
            assistant.lenses(text).into_iter().map(|lens| convert::lens(lens, text, self.abilities.encoding)).collect(),
        )
    }
}
