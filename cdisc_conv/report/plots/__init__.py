"""The pictures of oncology.html: each module collects the numbers of one picture and draws them as SVG."""
