"""A Spark session on two cores."""

import os
import sys

os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable


def session(**options):
    from pyspark.sql import SparkSession

    # Four attempts for a task: a worker that is killed costs one.
    builder = SparkSession.builder.master("local[2,4]").appName("weir")
    fixed = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.memory": "1g",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
    }
    for name, value in {**fixed, **options}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
