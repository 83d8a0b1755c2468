{{- /* What things are called. */ -}}

{{- define "assent.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "assent.fullname" -}}
{{- $name := include "assent.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "assent.selector" -}}
app.kubernetes.io/name: {{ include "assent.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* The Pods that serve, and not the one that migrates. */ -}}
{{- define "assent.servingSelector" -}}
{{ include "assent.selector" . }}
app.kubernetes.io/component: service
{{- end }}

{{- define "assent.labels" -}}
{{ include "assent.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "assent.image" -}}
{{- $repository := required "image.repository must be set: where the image that service/Dockerfile describes was pushed" .Values.image.repository }}
{{- if .Values.image.digest }}
{{- printf "%s@%s" $repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "assent.claim" -}}
{{- default (printf "%s-data" (include "assent.fullname" .)) .Values.database.sqlite.existingClaim }}
{{- end }}
