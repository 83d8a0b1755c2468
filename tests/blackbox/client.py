"""A client that knows nothing of Assent but its address: everything else it learns by reflection.

Reads one JSON order a line from standard input and answers each by one JSON line:

    {"list": true}                             → {"services": ["assent.v1.ConsentService", …]}
    {"methods": "assent.v1.ConsentService"}    → {"methods": ["UpsertConsents", …]}
    {"health": ""}                             → {"health": "SERVING"}
    {"call": "assent.v1.ConsentService/GetConsents", "request": {…}, "metadata": {…}, "deadline": 10}
        → {"response": {…}}
        or {"error": {"code": "INVALID_ARGUMENT", "message": "…", "details": [{"@type": …}, …]}}

Only libraries written by others stand between it and the service (grpcio and its reflection and health
packages); no code generated from Assent's own files. Usage: client.py ADDRESS
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2, status_pb2  # noqa: F401  error_details names what `details` holds
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

DEADLINE_SECONDS = 30


class Client:
    """One connection, and what reflection has told about the other end."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def answer(self, order):
        if "list" in order:
            return {"services": sorted(self.database.get_services())}
        if "methods" in order:
            service = self.pool.FindServiceByName(order["methods"])
            return {"methods": [method.name for method in service.methods]}
        if "health" in order:
            return self.health(order["health"])
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
        invoke = self.channel.unary_unary(
            f"/{service}/{name}",
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )
        try:
            response = invoke(
                request,
                timeout=order.get("deadline", DEADLINE_SECONDS),
                metadata=tuple(order.get("metadata", {}).items()),
            )
        except grpc.RpcError as error:
            return {"error": describe(error)}
        return {
            "response": json_format.MessageToDict(
                response, preserving_proto_field_name=True, descriptor_pool=self.pool
            )
        }


def describe(error):
    """The code, the text and every detail of an error, as JSON."""
    details = []
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            details = json_format.MessageToDict(status, preserving_proto_field_name=True).get("details", [])
    return {"code": error.code().name, "message": error.details(), "details": details}


def main():
    client = Client(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(client.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
