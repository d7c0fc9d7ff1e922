//! What holds for every address of the API, added to the OpenAPI document in one place: how errors look, which ones any
//! request may meet, and what proves who asks on TCP.

use longhaul_api::ErrorCode;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, ToSchema};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// Adds it.
pub(crate) struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        for (path, item) in &mut document.paths.paths {
            let is_api = path.starts_with("/api/") || path == "/metrics";
            for operation in operations(item) {
                operation.responses.responses.values_mut().for_each(tell_problems);
                if is_api {
                    add_what_any_may_meet(operation);
                }
            }
        }
        let bearer = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("On TCP, for programs: what `longhaul token show` prints."))
            .build();
        let page = ApiKeyValue::with_description(
            "x-longhaul-page",
            "On TCP, for the page: the secret that signing in gave, beside the cookie.",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("page", SecurityScheme::ApiKey(ApiKey::Header(page)));
        let ways = ["bearer", "page"].map(|way| SecurityRequirement::new(way, [""; 0]));
        // The empty one: on the Unix socket nothing is asked for.
        document.security = Some(ways.into_iter().chain([SecurityRequirement::default()]).collect());
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        delete,
        patch,
        ..
    } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

/// Handlers name the type of the body; its content type is the same for all of them.
fn tell_problems(response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    let is_problem = matches!(
        response.content.get(JSON),
        Some(RefOr::T(Content { schema: Some(RefOr::Ref(named)), .. })) if *named == problem()
    );
    if is_problem && let Some(content) = response.content.shift_remove(JSON) {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

fn add_what_any_may_meet(operation: &mut Operation) {
    let mut codes = vec![
        ErrorCode::BadRequest,
        ErrorCode::NotSignedIn,
        ErrorCode::Forbidden,
        ErrorCode::TooManyAttempts,
        ErrorCode::Internal,
        ErrorCode::Busy,
    ];
    if operation.request_body.is_some() {
        codes.extend([ErrorCode::TooLarge, ErrorCode::NotJson]);
    }
    for code in codes {
        let status = code.status().to_string();
        operation.responses.responses.entry(status).or_insert_with(|| {
            let body = Content::new(Some(RefOr::Ref(problem())));
            let response = ResponseBuilder::new().description(code.word());
            RefOr::T(response.content(PROBLEM, body).build())
        });
    }
}

fn problem() -> Ref {
    Ref::from_schema_name(longhaul_api::Problem::name())
}
