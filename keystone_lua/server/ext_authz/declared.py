"""The messages of Envoy's ext_authz, as much of them as is read and written here.

In: DECLARED. Out: a class for each message. Field numbers are those of Envoy's public API, version 3:
envoy/service/auth/v3/external_auth.proto and attribute_context.proto, envoy/config/core/v3/base.proto and
address.proto, google/rpc/status.proto, google/protobuf/struct.proto (github.com/envoyproxy/envoy, in its folder api).

A field that is not declared is passed over. Enumerations are declared as numbers, which are written alike. The pool is
our own: a program that knows Envoy's messages by their real names is not disturbed.
"""

from __future__ import annotations

from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

DECLARED: Final = {
    "CheckRequest": "attributes=1:AttributeContext",
    "AttributeContext": "source=1:Peer request=4:Request context_extensions=10:map",
    "Peer": "address=1:Address",
    "Address": "socket_address=1:SocketAddress",
    "SocketAddress": "address=2:string",
    "Request": "http=2:HttpRequest",
    "HttpRequest": (
        "method=2:string headers=3:map path=4:string host=5:string scheme=6:string protocol=10:string body=11:string "
        "raw_body=12:bytes header_map=13:HeaderMap"
    ),
    "HeaderMap": "headers=1:HeaderValue*",
    "HeaderValue": "key=1:string value=2:string raw_value=3:bytes",
    "CheckResponse": (
        "status=1:Status denied_response=2:DeniedHttpResponse ok_response=3:OkHttpResponse dynamic_metadata=4:Struct"
    ),
    "Status": "code=1:int32",
    "DeniedHttpResponse": "status=1:HttpStatus headers=2:HeaderValueOption* body=3:string",
    "HttpStatus": "code=1:int32",
    "OkHttpResponse": (
        "headers=2:HeaderValueOption* headers_to_remove=5:string* response_headers_to_add=6:HeaderValueOption*"
    ),
    "HeaderValueOption": "header=1:HeaderValue append=2:BoolValue append_action=3:int32",
    "BoolValue": "value=1:bool",
    "Struct": "fields=1:map/Value",
    "Value": (
        "number_value=2:double string_value=3:string bool_value=4:bool struct_value=5:Struct list_value=6:ListValue"
    ),
    "ListValue": "values=1:Value*",
}
"""Message to its fields: name, number, type; a ``*`` for any number of them."""

APPEND: Final = 0
OVERWRITE: Final = 2
"""Of HeaderAppendAction: APPEND_IF_EXISTS_OR_ADD, OVERWRITE_IF_EXISTS_OR_ADD."""

_OF: Final = descriptor_pb2.FieldDescriptorProto
_TYPES: Final = {
    "double": _OF.TYPE_DOUBLE,
    "int32": _OF.TYPE_INT32,
    "bool": _OF.TYPE_BOOL,
    "string": _OF.TYPE_STRING,
    "bytes": _OF.TYPE_BYTES,
}
_PACKAGE: Final = "keystone"


def _declare() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="keystone/ext_authz.proto", package=_PACKAGE, syntax="proto3")
    for name, texts in DECLARED.items():
        made = file.message_type.add(name=name)
        for text in texts.split():
            _add(made, text)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in DECLARED
    }


def _add(message: Any, text: str) -> None:
    name, _, rest = text.partition("=")
    number, _, kind = rest.partition(":")
    label = _OF.LABEL_REPEATED if kind.endswith("*") or kind.startswith("map") else _OF.LABEL_OPTIONAL
    field = message.field.add(name=name, number=int(number), label=label)
    kind = kind.rstrip("*")
    if kind.startswith("map"):  # which is a repeated message of a key and a value
        entry = message.nested_type.add(name=name.title().replace("_", "") + "Entry")
        entry.options.map_entry = True
        _add(entry, "key=1:string")
        _add(entry, f"value=2:{kind.partition('/')[2] or 'string'}")
        kind = f"{message.name}.{entry.name}"
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type, field.type_name = _OF.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"


_CLASSES: Final = _declare()

CheckRequest: Final = _CLASSES["CheckRequest"]
CheckResponse: Final = _CLASSES["CheckResponse"]

__all__ = ["APPEND", "DECLARED", "OVERWRITE", "CheckRequest", "CheckResponse", "DecodeError"]
