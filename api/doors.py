"""What each route asks of the person, read from its signature."""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from api.dependencies import Anyone, Requirement

PUBLIC = "public"


@dataclass(frozen=True)
class Door:
    """A route and what it asks of the person: a permission, or ``public``."""

    method: str
    path: str
    permission: str
    route: APIRoute


def doors_of(router: APIRouter, *, prefix: str) -> list[Door]:
    """Return the doors of a router's routes.

    Raises
    ------
    RuntimeError
        When a route asks for no permission and is not marked as public, or for more than one.
    """
    return [
        Door(method, prefix + route.path, _permission(route), route)
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def _permission(route: APIRoute) -> str:
    asked = [
        dependency.call.permission if isinstance(dependency.call, Requirement) else PUBLIC
        for dependency in _dependencies(route.dependant)
        if isinstance(dependency.call, Requirement | Anyone)
    ]
    if len(asked) != 1:
        msg = f"{route.path} must ask for exactly one permission, or be marked by Visitor: {asked}"
        raise RuntimeError(msg)
    return asked[0]


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for dependency in dependant.dependencies:
        yield dependency
        yield from _dependencies(dependency)
