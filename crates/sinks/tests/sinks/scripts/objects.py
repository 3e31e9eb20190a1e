"""Makes a bucket, or reads the column `rest` of all Parquet objects of one: one question a line, one answer a line."""

import io
import json
import os
import sys

import boto3
import pyarrow.parquet as parquet

for line in sys.stdin:
    asked = json.loads(line)
    client = boto3.client("s3", endpoint_url=asked["url"], region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    if "make" in asked:
        client.create_bucket(Bucket=asked["make"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        print("{}", flush=True)
        continue
    names = [entry["Key"] for page in client.get_paginator("list_objects_v2").paginate(Bucket=asked["read"]) for entry in page.get("Contents", [])]
    rest = []
    for name in names:
        body = client.get_object(Bucket=asked["read"], Key=name)["Body"].read()
        rest += parquet.read_table(io.BytesIO(body)).column("rest").to_pylist()
    print(json.dumps({"objects": len(names), "rest": rest}), flush=True)

# Everything is answered. The pool of threads that pyarrow ends at an orderly exit aborts the process now and then.
os._exit(0)
