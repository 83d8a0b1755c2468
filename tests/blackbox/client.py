"""A client that knows nothing of Assent but its address: everything else it learns by reflection.

Reads one JSON order a line from standard input and answers each by one JSON line:

    {"list": true}                             → {"services": ["assent.v1.ConsentService", …]}
    {"methods": "assent.v1.ConsentService"}    → {"methods": ["UpsertConsents", …]}
    {"health": ""}                             → {"health": "SERVING"}
    {"call": "assent.v1.ConsentService/GetConsents", "request": {…}, "metadata": {…}, "deadline": 10}
        → {"response": {…}}, of a method that answers with a stream {"responses": [{…}, …]},
        or {"error": {"code": "INVALID_ARGUMENT", "message": "…", "details": [{"@type": …}, …]}}
    {"learn": "v1"}                            → {"learnt": "v1"}: from now on by that version of reflection (at
                                                  first v1alpha), with nothing kept of what the other one told
    {"ledger": {"tenant": "…", "records": [{"salt": "…", "canonical": "…"}]}}
                                               → {"ledger": [{"leaf": "…", "chain": "…"}]}, made anew by ledger.py
    {"vector": "…"}                            → {"vector": "…"}: the test vector, made anew likewise
    {"schema": {…}, "documents": ["{…}", …]}   → {"complaints": ["0 /event/0: …", …]}: all that is wrong with JSON
                                                  texts by a JSON schema, each with its number and place

Only libraries written by others stand between it and the service (grpcio and its reflection and health
packages) and judge what it answers (jsonschema); no code generated from Assent's own files. Usage: client.py ADDRESS [CA-FILE]; with the certificate
of an authority, in PEM, it speaks TLS and trusts that authority alone.
"""

import json
import sys

import grpc
import jsonschema
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2, status_pb2  # noqa: F401  error_details names what `details` holds
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

import ledger

DEADLINE_SECONDS = 30


class V1:
    """Reflection v1 as the library asks it: its messages are those of v1alpha, only its name is another."""

    def __init__(self, channel):
        self.ServerReflectionInfo = channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )


class Client:
    """One connection, and what reflection has told about the other end."""

    def __init__(self, address, authority=None):
        if authority is None:
            self.channel = grpc.insecure_channel(address)
        else:
            with open(authority, "rb") as file:
                self.channel = grpc.secure_channel(address, grpc.ssl_channel_credentials(file.read()))
        self.learn("v1alpha")

    def learn(self, version):
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        if version == "v1":
            self.database._stub = V1(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def answer(self, order):
        if "list" in order:
            return {"services": sorted(self.database.get_services())}
        if "methods" in order:
            service = self.pool.FindServiceByName(order["methods"])
            return {"methods": [method.name for method in service.methods]}
        if "health" in order:
            return self.health(order["health"])
        if "learn" in order:
            self.learn(order["learn"])
            return {"learnt": order["learn"]}
        if "ledger" in order:
            return {"ledger": ledger.walk(order["ledger"]["tenant"], order["ledger"]["records"])}
        if "vector" in order:
            return {"vector": ledger.vector(order["vector"])}
        if "schema" in order:
            return {"complaints": complaints(order["schema"], order["documents"])}
        return self.call(order)

    def health(self, service):
        stub = health_pb2_grpc.HealthStub(self.channel)
        request = health_pb2.HealthCheckRequest(service=service)
        try:
            answer = stub.Check(request, timeout=DEADLINE_SECONDS)
        except grpc.RpcError as error:
            return {"error": describe(error)}
        return {"health": health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)}

    def call(self, order):
        service, _, name = order["call"].rpartition("/")
        method = self.pool.FindServiceByName(service).FindMethodByName(name)
        request_class = message_factory.GetMessageClass(method.input_type)
        response_class = message_factory.GetMessageClass(method.output_type)
        request = json_format.ParseDict(
            order.get("request", {}), request_class(), descriptor_pool=self.pool
        )
        multi = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        invoke = multi(
            f"/{service}/{name}",
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )
        try:
            answer = invoke(
                request,
                timeout=order.get("deadline", DEADLINE_SECONDS),
                metadata=tuple(order.get("metadata", {}).items()),
            )
            if method.server_streaming:
                return {"responses": [self.told(message) for message in answer]}
            return {"response": self.told(answer)}
        except grpc.RpcError as error:
            return {"error": describe(error)}

    def told(self, message):
        return json_format.MessageToDict(
            message, preserving_proto_field_name=True, descriptor_pool=self.pool
        )


def complaints(schema, documents):
    """What is wrong with some JSON texts, and with the schema itself first of all."""
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    return [
        f"{number} /{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for number, text in enumerate(documents)
        for error in validator.iter_errors(json.loads(text))
    ]


def describe(error):
    """The code, the text and every detail of an error, as JSON."""
    details = []
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            details = json_format.MessageToDict(status, preserving_proto_field_name=True).get("details", [])
    return {"code": error.code().name, "message": error.details(), "details": details}


def main():
    client = Client(*sys.argv[1:])
    for line in sys.stdin:
        print(json.dumps(client.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
