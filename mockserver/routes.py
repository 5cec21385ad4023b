"""The one table of endpoints: method, pattern, CVAT's operationId, handler.

In a pattern `{id}` is an integer that the handler gets as `pk` (anything else is 404), another `{name}` is one path
segment as text, and a final `[/]` means that the real server takes the path with and without the slash. A handler is
`module.function` of this package, imported when it is first called, with the signature `(ctx: Context, **path
parameters) -> Response`; `-` is an endpoint of CVAT that is not modelled and answers 501.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from mockserver.http import Response, detail

Handler = Callable[..., Response]

TABLE = """
GET    /api/server/about                       server_retrieve_about                  server.retrieve_about
GET    /api/server/annotation/formats          server_retrieve_annotation_formats     server.retrieve_annotation_formats
GET    /api/server/plugins                     server_retrieve_plugins                server.retrieve_plugins
GET    /api/server/share                       server_list_share                      server.list_share
GET    /api/server/health                      server_health                          server.health
GET    /api/schema[/]                          schema_retrieve                        server.retrieve_schema
GET    /api/swagger[/]                         swagger                                server.retrieve_swagger
POST   /api/events                             events_create                          server.create_events
GET    /api/events                             events_list                            -
POST   /api/events/export                      events_create_export                   -

POST   /api/auth/login                         auth_create_login                      auth.create_login
POST   /api/auth/logout                        auth_create_logout                     auth.create_logout
GET    /api/auth/rules                         auth_retrieve_rules                    auth.retrieve_rules
POST   /api/auth/register                      auth_create_register                   -
POST   /api/auth/password/change               auth_create_password_change            -
POST   /api/auth/password/reset                auth_create_password_reset             -
POST   /api/auth/password/reset/confirm        auth_create_password_reset_confirm     -
GET    /api/auth/access_tokens                 auth_list_access_tokens                access_tokens.list_
POST   /api/auth/access_tokens                 auth_create_access_tokens              access_tokens.create
GET    /api/auth/access_tokens/self            auth_retrieve_access_tokens_self       access_tokens.retrieve_self
GET    /api/auth/access_tokens/{id}            auth_retrieve_access_tokens            access_tokens.retrieve
PATCH  /api/auth/access_tokens/{id}            auth_partial_update_access_tokens      access_tokens.partial_update
DELETE /api/auth/access_tokens/{id}            auth_destroy_access_tokens             access_tokens.destroy

GET    /api/users                              users_list                             users.list_
GET    /api/users/self                         users_retrieve_self                    users.retrieve_self
GET    /api/users/{id}                         users_retrieve                         users.retrieve
PATCH  /api/users/{id}                         users_partial_update                   users.partial_update
DELETE /api/users/{id}                         users_destroy                          users.destroy

GET    /api/organizations                      organizations_list                     organizations.list_
POST   /api/organizations                      organizations_create                   organizations.create
GET    /api/organizations/{id}                 organizations_retrieve                 organizations.retrieve
PATCH  /api/organizations/{id}                 organizations_partial_update           organizations.partial_update
DELETE /api/organizations/{id}                 organizations_destroy                  organizations.destroy
GET    /api/memberships                        memberships_list                       memberships.list_
GET    /api/memberships/{id}                   memberships_retrieve                   memberships.retrieve
PATCH  /api/memberships/{id}                   memberships_partial_update             memberships.partial_update
DELETE /api/memberships/{id}                   memberships_destroy                    memberships.destroy
GET    /api/invitations                        invitations_list                       invitations.list_
POST   /api/invitations                        invitations_create                     invitations.create
GET    /api/invitations/{key}                  invitations_retrieve                   invitations.retrieve
DELETE /api/invitations/{key}                  invitations_destroy                    invitations.destroy
POST   /api/invitations/{key}/accept           invitations_accept                     invitations.accept
POST   /api/invitations/{key}/decline          invitations_decline                    invitations.decline
POST   /api/invitations/{key}/resend           invitations_resend                     invitations.resend

GET    /api/projects                           projects_list                          projects.list_
POST   /api/projects                           projects_create                        projects.create
GET    /api/projects/{id}                      projects_retrieve                      projects.retrieve
PATCH  /api/projects/{id}                      projects_partial_update                projects.partial_update
DELETE /api/projects/{id}                      projects_destroy                       projects.destroy
GET    /api/projects/{id}/preview              projects_retrieve_preview              media.retrieve_project_preview
POST   /api/projects/{id}/dataset[/]           projects_create_dataset                io.create_project_dataset
POST   /api/projects/{id}/dataset/export       projects_create_dataset_export         io.create_project_dataset_export
GET    /api/projects/{id}/dataset/download  projects_retrieve_dataset_download  io.retrieve_project_dataset_download
POST   /api/projects/{id}/backup/export        projects_create_backup_export          backups.create_project_export
GET    /api/projects/{id}/backup/download  projects_retrieve_backup_download  backups.retrieve_project_download
POST   /api/projects/backup[/]                 projects_create_backup                 backups.create_project

PATCH  /api/projects/{id}/dataset/{file_id}    projects_dataset_append                tus.append_project_dataset
HEAD   /api/projects/{id}/dataset/{file_id}    projects_dataset_append                tus.append_project_dataset
OPTIONS /api/projects/{id}/dataset[/]          projects_dataset_options               tus.options
PATCH  /api/projects/backup/{file_id}          projects_backup_append                 tus.append_project_backup
HEAD   /api/projects/backup/{file_id}          projects_backup_append                 tus.append_project_backup
OPTIONS /api/projects/backup[/]                projects_backup_options                tus.options

GET    /api/tasks                              tasks_list                             tasks.list_
POST   /api/tasks                              tasks_create                           tasks.create
GET    /api/tasks/{id}                         tasks_retrieve                         tasks.retrieve
PATCH  /api/tasks/{id}                         tasks_partial_update                   tasks.partial_update
DELETE /api/tasks/{id}                         tasks_destroy                          tasks.destroy
GET    /api/tasks/{id}/status                  tasks_retrieve_status                  tasks.retrieve_status
GET    /api/tasks/{id}/annotations[/]          tasks_retrieve_annotations             annotations.retrieve_task
PUT    /api/tasks/{id}/annotations[/]          tasks_update_annotations               annotations.update_task
PATCH  /api/tasks/{id}/annotations[/]          tasks_partial_update_annotations       annotations.partial_update_task
DELETE /api/tasks/{id}/annotations[/]          tasks_destroy_annotations              annotations.destroy_task
POST   /api/tasks/{id}/annotations[/]          tasks_create_annotations               io.create_task_annotations
OPTIONS /api/tasks/{id}/annotations[/]           tasks_annotations_options                tus.options
PATCH  /api/tasks/{id}/annotations/{file_id}   tasks_annotations_append               tus.append_task_annotations
HEAD   /api/tasks/{id}/annotations/{file_id}   tasks_annotations_append               tus.append_task_annotations
GET    /api/tasks/{id}/data[/]                 tasks_retrieve_data                    media.retrieve_task_data
POST   /api/tasks/{id}/data[/]                 tasks_create_data                      task_data.create
GET    /api/tasks/{id}/data/meta               tasks_retrieve_data_meta               meta.retrieve_task
PATCH  /api/tasks/{id}/data/meta               tasks_partial_update_data_meta         meta.partial_update_task
PATCH  /api/tasks/{id}/data/{file_id}          tasks_data_append                      tus.append_task_data
HEAD   /api/tasks/{id}/data/{file_id}             tasks_data_append                      tus.append_task_data
GET    /api/tasks/{id}/preview                 tasks_retrieve_preview                 media.retrieve_task_preview
GET    /api/tasks/{id}/validation_layout       tasks_retrieve_validation_layout       layout.retrieve_task
PATCH  /api/tasks/{id}/validation_layout       tasks_partial_update_validation_layout layout.partial_update_task
GET    /api/tasks/{id}/dataset                 tasks_retrieve_dataset                 io.retrieve_dataset_legacy
POST   /api/tasks/{id}/dataset/export          tasks_create_dataset_export            io.create_task_dataset_export
GET    /api/tasks/{id}/dataset/download  tasks_retrieve_dataset_download  io.retrieve_task_dataset_download
POST   /api/tasks/{id}/backup/export           tasks_create_backup_export             backups.create_task_export
GET    /api/tasks/{id}/backup/download  tasks_retrieve_backup_download  backups.retrieve_task_download
POST   /api/tasks/backup[/]                    tasks_create_backup                    backups.create_task
PATCH  /api/tasks/backup/{file_id}             tasks_backup_append                    tus.append_task_backup
HEAD   /api/tasks/backup/{file_id}             tasks_backup_append                    tus.append_task_backup
OPTIONS /api/tasks/backup[/]                   tasks_backup_options                   tus.options
OPTIONS /api/tasks/{id}/data[/]                tasks_data_options                     tus.options

GET    /api/jobs                               jobs_list                              jobs.list_
POST   /api/jobs                               jobs_create                            ground_truth.create
GET    /api/jobs/{id}                          jobs_retrieve                          jobs.retrieve
PATCH  /api/jobs/{id}                          jobs_partial_update                    jobs.partial_update
DELETE /api/jobs/{id}                          jobs_destroy                           jobs.destroy
GET    /api/jobs/{id}/annotations[/]           jobs_retrieve_annotations              annotations.retrieve
PUT    /api/jobs/{id}/annotations[/]           jobs_update_annotations                annotations.update
PATCH  /api/jobs/{id}/annotations[/]           jobs_partial_update_annotations        annotations.partial_update
DELETE /api/jobs/{id}/annotations[/]           jobs_destroy_annotations               annotations.destroy
POST   /api/jobs/{id}/annotations[/]           jobs_create_annotations                io.create_annotations
OPTIONS /api/jobs/{id}/annotations[/]           jobs_annotations_options                tus.options
PATCH  /api/jobs/{id}/annotations/{file_id}    jobs_annotations_append                tus.append_annotations
HEAD   /api/jobs/{id}/annotations/{file_id}    jobs_annotations_append                tus.append_annotations
GET    /api/jobs/{id}/data                     jobs_retrieve_data                     media.retrieve_data
GET    /api/jobs/{id}/data/meta                jobs_retrieve_data_meta                meta.retrieve
PATCH  /api/jobs/{id}/data/meta                jobs_partial_update_data_meta          meta.partial_update
GET    /api/jobs/{id}/preview                  jobs_retrieve_preview                  media.retrieve_preview
GET    /api/jobs/{id}/validation_layout        jobs_retrieve_validation_layout        layout.retrieve
PATCH  /api/jobs/{id}/validation_layout        jobs_partial_update_validation_layout  layout.partial_update
GET    /api/jobs/{id}/dataset                  jobs_retrieve_dataset                  io.retrieve_dataset_legacy
POST   /api/jobs/{id}/dataset/export           jobs_create_dataset_export             io.create_dataset_export
GET    /api/jobs/{id}/dataset/download  jobs_retrieve_dataset_download  io.retrieve_dataset_download

GET    /api/labels                             labels_list                            labels.list_
GET    /api/labels/{id}                        labels_retrieve                        labels.retrieve
PATCH  /api/labels/{id}                        labels_partial_update                  labels.partial_update
DELETE /api/labels/{id}                        labels_destroy                         labels.destroy
GET    /api/issues                             issues_list                            issues.list_
POST   /api/issues                             issues_create                          issues.create
GET    /api/issues/{id}                        issues_retrieve                        issues.retrieve
PATCH  /api/issues/{id}                        issues_partial_update                  issues.partial_update
DELETE /api/issues/{id}                        issues_destroy                         issues.destroy
GET    /api/comments                           comments_list                          issues.list_comments
POST   /api/comments                           comments_create                        issues.create_comment
GET    /api/comments/{id}                      comments_retrieve                      issues.retrieve_comment
PATCH  /api/comments/{id}                      comments_partial_update                issues.partial_update_comment
DELETE /api/comments/{id}                      comments_destroy                       issues.destroy_comment
GET    /api/requests                           requests_list                          requests_.list_
GET    /api/requests/{rq_id}                   requests_retrieve                      requests_.retrieve
POST   /api/requests/{rq_id}/cancel            requests_create_cancel                 requests_.create_cancel

POST   /api/assets                             assets_create                          -
GET    /api/assets/{uuid}                      assets_retrieve                        -
DELETE /api/assets/{uuid}                      assets_destroy                         -
GET    /api/cloudstorages                      cloudstorages_list                     -
POST   /api/cloudstorages                      cloudstorages_create                   -
GET    /api/cloudstorages/{id}                 cloudstorages_retrieve                 -
PATCH  /api/cloudstorages/{id}                 cloudstorages_partial_update           -
DELETE /api/cloudstorages/{id}                 cloudstorages_destroy                  -
GET    /api/cloudstorages/{id}/actions         cloudstorages_retrieve_actions         -
GET    /api/cloudstorages/{id}/content-v2      cloudstorages_retrieve_content_v2      -
GET    /api/cloudstorages/{id}/preview         cloudstorages_retrieve_preview         -
GET    /api/cloudstorages/{id}/status          cloudstorages_retrieve_status          -
POST   /api/consensus/merges                   consensus_create_merge                 -
GET    /api/consensus/settings                 consensus_list_settings                -
GET    /api/consensus/settings/{id}            consensus_retrieve_settings            -
PATCH  /api/consensus/settings/{id}            consensus_partial_update_settings      -
POST   /api/guides                             guides_create                          -
GET    /api/guides/{id}                        guides_retrieve                        -
PATCH  /api/guides/{id}                        guides_partial_update                  -
DELETE /api/guides/{id}                        guides_destroy                         -
GET    /api/lambda/functions                   lambda_list_functions                  -
GET    /api/lambda/functions/{func_id}         lambda_retrieve_functions              -
POST   /api/lambda/functions/{func_id}         lambda_create_functions                -
GET    /api/lambda/requests                    lambda_list_requests                   -
POST   /api/lambda/requests                    lambda_create_requests                 -
GET    /api/lambda/requests/{rq_id}            lambda_retrieve_requests               -
DELETE /api/lambda/requests/{rq_id}            lambda_delete_requests                 -
GET    /api/quality/conflicts                  quality_list_conflicts                 -
GET    /api/quality/reports                    quality_list_reports                   -
POST   /api/quality/reports                    quality_create_report                  -
GET    /api/quality/reports/{id}               quality_retrieve_report                -
GET    /api/quality/reports/{id}/data          quality_retrieve_report_data           -
GET    /api/quality/settings                   quality_list_settings                  -
GET    /api/quality/settings/{id}              quality_retrieve_settings              -
PATCH  /api/quality/settings/{id}              quality_partial_update_settings        -
GET    /api/webhooks                           webhooks_list                          -
POST   /api/webhooks                           webhooks_create                        -
GET    /api/webhooks/events                    webhooks_retrieve_events               -
GET    /api/webhooks/{id}                      webhooks_retrieve                      -
PUT    /api/webhooks/{id}                      webhooks_update                        -
PATCH  /api/webhooks/{id}                      webhooks_partial_update                -
DELETE /api/webhooks/{id}                      webhooks_destroy                       -
GET    /api/webhooks/{id}/deliveries           webhooks_list_deliveries               -
GET    /api/webhooks/{id}/deliveries/{delivery_id}  webhooks_retrieve_deliveries      -
POST   /api/webhooks/{id}/deliveries/{delivery_id}/redelivery  webhooks_create_deliveries_redelivery  -
POST   /api/webhooks/{id}/ping                 webhooks_create_ping                   -
"""
METHOD_ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(slots=True)
class Route:
    """One path with all its methods: method -> (operationId, handler's name or "-")."""

    pattern: str
    regex: re.Pattern[str]
    both_slashes: bool
    operations: dict[str, tuple[str, str]] = field(default_factory=dict)
    allow: tuple[str, ...] = ()


def _compile(pattern: str) -> re.Pattern[str]:
    plain = pattern.removesuffix("[/]")
    body = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'[^/.]+' if m[1] == 'id' else '[^/]+'})", plain)
    suffix = "" if re.search(r"\{(?!id\})\w+\}\Z", plain) else r"(?P<suffix>\.[a-z0-9]+)?"
    return re.compile(f"{body}{suffix}(?P<slash>/?)\\Z")


def _read(table: str) -> tuple[Route, ...]:
    routes: dict[str, Route] = {}
    for line in table.split("\n"):
        if not line.strip():
            continue
        method, pattern, operation, handler = line.split()
        if pattern not in routes:
            routes[pattern] = Route(pattern, _compile(pattern), pattern.endswith("[/]"))
        routes[pattern].operations[method] = (operation, handler)
    for route in routes.values():
        known = {*route.operations, "OPTIONS", *(("HEAD",) if "GET" in route.operations else ())}
        route.allow = tuple(method for method in METHOD_ORDER if method in known)
    return tuple(routes.values())


ROUTES = _read(TABLE)
_FIXED = {route.pattern.removesuffix("[/]"): route for route in ROUTES if "{" not in route.pattern}
_BY_RESOURCE: dict[str, list[Route]] = {}
for _route in ROUTES:
    if "{" in _route.pattern:
        _BY_RESOURCE.setdefault(_route.pattern.split("/")[2], []).append(_route)


def find(path: str, any_slash: bool) -> tuple[Route, dict[str, str]] | None:
    """The route of a decoded path and its raw parameters, or None; `any_slash` takes both forms everywhere.

    Raises: ApiError 404 for a format suffix other than `.json`.
    """
    plain, dot, suffix = path.rpartition(".") if "." in path.rpartition("/")[2] else (path, "", "json")
    if dot and suffix != "json" and plain in _FIXED:
        raise detail(404, "Not found.")
    plain = plain if suffix == "json" else path
    route = _FIXED.get(plain) or (_FIXED.get(path[:-1]) if path.endswith("/") else None)
    if route:
        return (route, {}) if any_slash or route.both_slashes or not path.endswith("/") else None
    parts = path.split("/", 3)
    for route in _BY_RESOURCE.get(parts[2] if len(parts) > 2 else "", ()):
        found = route.regex.match(path)
        if found and (any_slash or route.both_slashes or not found["slash"]):
            params = found.groupdict()
            if params.get("suffix") not in (None, ".json"):
                raise detail(404, "Not found.")
            return route, {name: params[name] for name in params if name not in ("suffix", "slash")}
    return None


@cache
def handler(name: str) -> Handler | None:
    """The function behind `module.function`; None for an endpoint that is not modelled."""
    if name == "-":
        return None
    module, _, function = name.rpartition(".")
    try:
        found: Any = getattr(import_module(f"mockserver.{module}"), function)
    except (ModuleNotFoundError, AttributeError):
        return None
    return found  # type: ignore[no-any-return]  # looked up by name


def coverage() -> dict[str, Any]:
    """Modelled operations against all of CVAT's."""
    every = [(operation, name) for route in ROUTES for operation, name in route.operations.values()]
    modelled = sorted(operation for operation, name in every if handler(name))
    missing = sorted(operation for operation, name in every if not handler(name))
    return {"modelled": modelled, "missing": missing, "share": len(modelled) / len(every)}
