{{- define "keystone-lua.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 53 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "keystone-lua.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "keystone-lua.labels" -}}
{{ include "keystone-lua.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "keystone-lua.image" -}}
image: {{ if .Values.image.digest }}{{ printf "%s@%s" .Values.image.repository .Values.image.digest }}{{ else }}{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}{{ end }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [keystone-lua]
{{- end }}

{{- define "keystone-lua.locked" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- /* What the fetcher's containers share: they differ in whether they follow. */}}
{{- define "keystone-lua.fetcher" -}}
{{ include "keystone-lua.image" . }}
{{ include "keystone-lua.locked" . }}
resources: {{- toYaml .Values.bundle.resources | nindent 2 }}
volumeMounts:
  - {name: work, mountPath: /work}
  - {name: keys, mountPath: /keys, readOnly: true}
  {{- if .Values.bundle.headersSecret }}
  - {name: headers, mountPath: /headers, readOnly: true}
  {{- end }}
args:
  - bundle
  - fetch
  - {{ .Values.bundle.url | quote }}
  - /work/scripts
  - --keys=/keys/keys.pem
  {{- if .Values.bundle.headersSecret }}
  - --headers=/headers/headers.txt
  {{- end }}
  {{- if .Values.bundle.ca }}
  - --ca=/keys/ca.pem
  {{- end }}
{{- end }}

{{- define "keystone-lua.files" -}}
{{- .Values.scripts.files | default (dict "hello.lua" (.Files.Get "files/hello.lua")) | toYaml }}
{{- end }}

{{- /* What cannot be meant, in a sentence. */}}
{{- define "keystone-lua.check" -}}
{{- with .Values }}
{{- if and .bundle.url (not .bundle.publicKey) (not .bundle.keysSecret) }}{{ fail "bundle.url needs bundle.publicKey or bundle.keysSecret: who must have signed the bundle" }}{{ end }}
{{- if and .bundle.publicKey .bundle.keysSecret }}{{ fail "bundle.publicKey and bundle.keysSecret: one of them" }}{{ end }}
{{- if and .scripts.files .scripts.configMap }}{{ fail "scripts.files and scripts.configMap: one of them" }}{{ end }}
{{- if and .bundle.url (or .scripts.files .scripts.configMap) }}{{ fail "bundle.url and scripts: one of them" }}{{ end }}
{{- if lt (int .autoscaling.max) (int .autoscaling.min) }}{{ fail "autoscaling.max is below autoscaling.min" }}{{ end }}
{{- end }}
{{- end }}
