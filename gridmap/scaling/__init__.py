"""Beyond one machine: the same placement and the same measures on Apache Spark.

    session    one Spark session: Java and pyspark found, quiet, no web page, progress, files of the cluster
    placing    points to cells on Spark: rows and their order as the embedded engine gives them
    counting   measures of placed records in files, piece by piece and summed; embedded
    rollup     the same on Spark

pyspark is imported only when Spark is asked for; it comes with `pip install 'gridmap[spark]'`.
"""
