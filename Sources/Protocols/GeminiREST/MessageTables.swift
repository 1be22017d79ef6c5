/// The messages of the REST family, field by field, as tables.
///
/// Names are those of the wire (`google/ai/generativelanguage/v1beta`, and the newer fields of the
/// vendors' SDKs). A line that is indented goes on. `[X]` repeats, `map<X>` has free names, `any`
/// is not looked into; the other words are scalars of protobuf, messages or enums.
enum MessageTables {
  static let messages = """
    GenerateContentRequest = model:string systemInstruction:Content contents:[Content]
      tools:[Tool] toolConfig:ToolConfig safetySettings:[SafetySetting]
      generationConfig:GenerationConfig cachedContent:string store:bool serviceTier:any labels:any
      continuationToken:string
    CountTokensRequest = model:string contents:[Content]
      generateContentRequest:GenerateContentRequest
    EmbedContentRequest = model:string content:Content taskType:TaskType title:string
      outputDimensionality:int32 embedContentConfig:any
    BatchEmbedContentsRequest = model:string requests:[EmbedContentRequest]
    GenerateAnswerRequest = inlinePassages:GroundingPassages
      semanticRetriever:SemanticRetrieverConfig model:string contents:[Content]
      answerStyle:GenerateAnswerRequest.AnswerStyle safetySettings:[SafetySetting]
      temperature:float
    PredictRequest = model:string instances:[any] parameters:any
    PredictLongRunningRequest = model:string instances:[any] parameters:any
    BatchGenerateContentRequest = model:string batch:GenerateContentBatch
    GenerateContentBatch = model:string name:string displayName:string inputConfig:InputConfig
      priority:int64 output:any createTime:string endTime:string updateTime:string
      batchStats:BatchStats state:BatchState
    InputConfig = requests:InlinedRequests fileName:string
    InlinedRequests = requests:[InlinedRequest]
    InlinedRequest = request:GenerateContentRequest metadata:any
    BatchStats = requestCount:int64 successfulRequestCount:int64 failedRequestCount:int64
      pendingRequestCount:int64
    AsyncBatchEmbedContentRequest = model:string batch:EmbedContentBatch
    EmbedContentBatch = model:string name:string displayName:string
      inputConfig:InputEmbedContentConfig priority:int64
    InputEmbedContentConfig = requests:InlinedEmbedContentRequests fileName:string
    InlinedEmbedContentRequests = requests:[InlinedEmbedContentRequest]
    InlinedEmbedContentRequest = request:EmbedContentRequest metadata:any
    Corpus = name:string displayName:string createTime:string updateTime:string
    TunedModel = tunedModelSource:TunedModelSource baseModel:string name:string displayName:string
      description:string temperature:float topP:float topK:int32 state:TunedModel.State
      createTime:string updateTime:string tuningTask:TuningTask readerProjectNumbers:[int64]
    Permission = name:string granteeType:Permission.GranteeType emailAddress:string
      role:Permission.Role
    TransferOwnershipRequest = name:string emailAddress:string
    CachedContent = expireTime:string ttl:string name:string displayName:string model:string
      systemInstruction:Content contents:[Content] tools:[Tool] toolConfig:ToolConfig
      createTime:string updateTime:string usageMetadata:CachedContent.UsageMetadata
    CreateFileRequest = file:File
    GenerateContentResponse = candidates:[Candidate]
      promptFeedback:GenerateContentResponse.PromptFeedback
      usageMetadata:GenerateContentResponse.UsageMetadata modelVersion:string responseId:string
    ListTunedModelsResponse = tunedModels:[TunedModel] nextPageToken:string
    ListPermissionsResponse = permissions:[Permission] nextPageToken:string
    ListFilesResponse = files:[File] nextPageToken:string
    ListCachedContentsResponse = cachedContents:[CachedContent] nextPageToken:string
    CreateFileResponse = file:File
    Empty =
    TransferOwnershipResponse =
    Model = name:string baseModelId:string version:string displayName:string description:string
      inputTokenLimit:int32 outputTokenLimit:int32 supportedGenerationMethods:[string]
      thinking:bool temperature:float maxTemperature:float topP:float topK:int32
    ListModelsResponse = models:[Model] nextPageToken:string
    ListCorporaResponse = corpora:[Corpus] nextPageToken:string
    CountTokensResponse = totalTokens:int32 cachedContentTokenCount:int32
      promptTokensDetails:[ModalityTokenCount] cacheTokensDetails:[ModalityTokenCount]
    ContentEmbedding = values:[float]
    EmbedContentResponse = embedding:ContentEmbedding
    BatchEmbedContentsResponse = embeddings:[ContentEmbedding]
    GenerateAnswerResponse = answer:Candidate answerableProbability:float
      inputFeedback:GenerateContentResponse.PromptFeedback
    PredictResponse = predictions:[any]
    Status = code:int32 message:string details:[any]
    Operation = name:string metadata:any done:bool error:Status response:any
    ListOperationsResponse = operations:[Operation] nextPageToken:string
    Content = parts:[Part] role:string
    Tool = functionDeclarations:[FunctionDeclaration] googleSearchRetrieval:GoogleSearchRetrieval
      codeExecution:CodeExecution googleSearch:Tool.GoogleSearch computerUse:Tool.ComputerUse
      urlContext:UrlContext fileSearch:FileSearch googleMaps:GoogleMaps mcpServers:[any]
      retrieval:any enterpriseWebSearch:any
    ToolConfig = functionCallingConfig:FunctionCallingConfig retrievalConfig:RetrievalConfig
      includeServerSideToolInvocations:bool
    SafetySetting = category:HarmCategory threshold:SafetySetting.HarmBlockThreshold method:any
    GenerationConfig = candidateCount:int32 stopSequences:[string] maxOutputTokens:int32
      temperature:float topP:float topK:int32 seed:int32 responseMimeType:string
      responseSchema:Schema _responseJsonSchema:any responseJsonSchema:any presencePenalty:float
      frequencyPenalty:float responseLogprobs:bool logprobs:int32 enableEnhancedCivicAnswers:bool
      responseModalities:[GenerationConfig.Modality] speechConfig:SpeechConfig
      thinkingConfig:ThinkingConfig imageConfig:ImageConfig
      mediaResolution:GenerationConfig.MediaResolution audioTranscriptionConfig:any
      responseFormat:any enableAffectiveDialog:bool audioTimestamp:bool modelSelectionConfig:any
      routingConfig:any translationConfig:any
    GroundingPassages = passages:[GroundingPassage]
    SemanticRetrieverConfig = source:string query:Content metadataFilters:[MetadataFilter]
      maxChunksCount:int32 minimumRelevanceScore:float
    TunedModelSource = tunedModel:string baseModel:string
    TuningTask = startTime:string completeTime:string snapshots:[TuningSnapshot]
      trainingData:Dataset hyperparameters:Hyperparameters
    CachedContent.UsageMetadata = totalTokenCount:int32
    File = videoMetadata:VideoFileMetadata name:string displayName:string mimeType:string
      sizeBytes:int64 createTime:string updateTime:string expirationTime:string sha256Hash:bytes
      uri:string downloadUri:string state:File.State source:File.Source error:any
    Candidate = index:int32 content:Content finishReason:Candidate.FinishReason
      finishMessage:string safetyRatings:[SafetyRating]
    GenerateContentResponse.PromptFeedback =
      blockReason:GenerateContentResponse.PromptFeedback.BlockReason safetyRatings:[SafetyRating]
    GenerateContentResponse.UsageMetadata = promptTokenCount:int32 cachedContentTokenCount:int32
      candidatesTokenCount:int32 toolUsePromptTokenCount:int32 thoughtsTokenCount:int32
      totalTokenCount:int32 promptTokensDetails:[ModalityTokenCount]
      cacheTokensDetails:[ModalityTokenCount] candidatesTokensDetails:[ModalityTokenCount]
      toolUsePromptTokensDetails:[ModalityTokenCount]
    Part = text:string inlineData:Blob functionCall:FunctionCall functionResponse:FunctionResponse
      fileData:FileData executableCode:ExecutableCode codeExecutionResult:CodeExecutionResult
      videoMetadata:VideoMetadata thought:bool thoughtSignature:bytes partMetadata:any
      mediaResolution:any toolCall:any toolResponse:any audioMetadata:any audioTranscription:any
      documentMetadata:any mediaProcessing:any speechMetadata:any spreadsheetMetadata:any
    FunctionDeclaration = name:string description:string parameters:Schema
      parametersJsonSchema:any response:Schema responseJsonSchema:any
      behavior:FunctionDeclaration.Behavior
    GoogleSearchRetrieval = dynamicRetrievalConfig:DynamicRetrievalConfig
    CodeExecution =
    Tool.GoogleSearch = timeRangeFilter:any searchTypes:any
    Tool.ComputerUse = environment:Tool.ComputerUse.Environment
      excludedPredefinedFunctions:[string]
    UrlContext =
    FileSearch = retrievalResources:[FileSearch.RetrievalResource]
      retrievalConfig:FileSearch.RetrievalConfig
    GoogleMaps = enableWidget:bool authConfig:any
    FunctionCallingConfig = mode:FunctionCallingConfig.Mode allowedFunctionNames:[string]
      streamFunctionCallArguments:bool
    RetrievalConfig = latLng:any languageCode:string
    Schema = type:Type format:string title:string description:string nullable:bool enum:[string]
      items:Schema maxItems:int64 minItems:int64 properties:map<Schema> required:[string]
      minProperties:int64 maxProperties:int64 minimum:double maximum:double minLength:int64
      maxLength:int64 pattern:string example:any anyOf:[Schema] propertyOrdering:[string]
      default:any additionalProperties:any defs:any ref:string
    SpeechConfig = voiceConfig:VoiceConfig multiSpeakerVoiceConfig:MultiSpeakerVoiceConfig
      languageCode:string
    ThinkingConfig = includeThoughts:bool thinkingBudget:int32 thinkingLevel:ThinkingLevel
    ImageConfig = aspectRatio:string imageSize:string
    GroundingPassage = id:string content:Content
    MetadataFilter = key:string conditions:[Condition]
    TuningSnapshot = step:int32 epoch:int32 meanLoss:float computeTime:string
    Dataset = examples:TuningExamples
    Hyperparameters = learningRate:float learningRateMultiplier:float epochCount:int32
      batchSize:int32
    VideoFileMetadata = videoDuration:string
    SafetyRating = category:HarmCategory probability:SafetyRating.HarmProbability blocked:bool
    ModalityTokenCount = modality:Modality tokenCount:int32
    Blob = mimeType:string data:bytes displayName:string
    FunctionCall = id:string name:string args:any partialArgs:any willContinue:bool
    FunctionResponse = id:string name:string response:any parts:[FunctionResponsePart]
      willContinue:bool scheduling:FunctionResponse.Scheduling
    FileData = mimeType:string fileUri:string displayName:string
    ExecutableCode = language:ExecutableCode.Language code:string id:string
    CodeExecutionResult = outcome:CodeExecutionResult.Outcome output:string id:string
    VideoMetadata = startOffset:string endOffset:string fps:double
    DynamicRetrievalConfig = mode:DynamicRetrievalConfig.Mode dynamicThreshold:float
    FileSearch.RetrievalResource = ragStoreName:string
    FileSearch.RetrievalConfig = topK:int32 metadataFilter:string
    VoiceConfig = prebuiltVoiceConfig:PrebuiltVoiceConfig replicatedVoiceConfig:any
    MultiSpeakerVoiceConfig = speakerVoiceConfigs:[SpeakerVoiceConfig]
    Condition = stringValue:string numericValue:float operation:Condition.Operator
    TuningExamples = examples:[TuningExample]
    FunctionResponsePart = inlineData:FunctionResponseBlob fileData:any
    PrebuiltVoiceConfig = voiceName:string
    SpeakerVoiceConfig = speaker:string voiceConfig:VoiceConfig
    TuningExample = textInput:string output:string
    FunctionResponseBlob = mimeType:string data:bytes
    """

  /// The words of each enum in the order of their numbers, from 0; `=n` skips to a number.
  static let enums = """
    BatchState = BATCH_STATE_UNSPECIFIED BATCH_STATE_PENDING BATCH_STATE_RUNNING
      BATCH_STATE_SUCCEEDED BATCH_STATE_FAILED BATCH_STATE_CANCELLED BATCH_STATE_EXPIRED
    Candidate.FinishReason = FINISH_REASON_UNSPECIFIED STOP MAX_TOKENS SAFETY RECITATION OTHER
      LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL IMAGE_SAFETY
      UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS IMAGE_PROHIBITED_CONTENT IMAGE_OTHER NO_IMAGE
      IMAGE_RECITATION
    CodeExecutionResult.Outcome = OUTCOME_UNSPECIFIED OUTCOME_OK OUTCOME_FAILED
      OUTCOME_DEADLINE_EXCEEDED
    Condition.Operator = OPERATOR_UNSPECIFIED LESS LESS_EQUAL EQUAL GREATER_EQUAL GREATER
      NOT_EQUAL INCLUDES EXCLUDES
    DynamicRetrievalConfig.Mode = MODE_UNSPECIFIED MODE_DYNAMIC
    ExecutableCode.Language = LANGUAGE_UNSPECIFIED PYTHON
    File.Source = SOURCE_UNSPECIFIED UPLOADED GENERATED REGISTERED
    File.State = STATE_UNSPECIFIED PROCESSING ACTIVE FAILED=10
    FunctionCallingConfig.Mode = MODE_UNSPECIFIED AUTO ANY NONE VALIDATED
    FunctionDeclaration.Behavior = UNSPECIFIED BLOCKING NON_BLOCKING
    FunctionResponse.Scheduling = SCHEDULING_UNSPECIFIED SILENT WHEN_IDLE INTERRUPT
    GenerateAnswerRequest.AnswerStyle = ANSWER_STYLE_UNSPECIFIED ABSTRACTIVE EXTRACTIVE VERBOSE
    GenerateContentResponse.PromptFeedback.BlockReason = BLOCK_REASON_UNSPECIFIED SAFETY OTHER
      BLOCKLIST PROHIBITED_CONTENT IMAGE_SAFETY
    GenerationConfig.MediaResolution = MEDIA_RESOLUTION_UNSPECIFIED MEDIA_RESOLUTION_LOW
      MEDIA_RESOLUTION_MEDIUM MEDIA_RESOLUTION_HIGH
    GenerationConfig.Modality = MODALITY_UNSPECIFIED TEXT IMAGE AUDIO
    HarmCategory = HARM_CATEGORY_UNSPECIFIED HARM_CATEGORY_DEROGATORY HARM_CATEGORY_TOXICITY
      HARM_CATEGORY_VIOLENCE HARM_CATEGORY_SEXUAL HARM_CATEGORY_MEDICAL HARM_CATEGORY_DANGEROUS
      HARM_CATEGORY_HARASSMENT HARM_CATEGORY_HATE_SPEECH HARM_CATEGORY_SEXUALLY_EXPLICIT
      HARM_CATEGORY_DANGEROUS_CONTENT HARM_CATEGORY_CIVIC_INTEGRITY
    Modality = MODALITY_UNSPECIFIED TEXT IMAGE VIDEO AUDIO DOCUMENT
    Permission.GranteeType = GRANTEE_TYPE_UNSPECIFIED USER GROUP EVERYONE
    Permission.Role = ROLE_UNSPECIFIED OWNER WRITER READER
    SafetyRating.HarmProbability = HARM_PROBABILITY_UNSPECIFIED NEGLIGIBLE LOW MEDIUM HIGH
    SafetySetting.HarmBlockThreshold = HARM_BLOCK_THRESHOLD_UNSPECIFIED BLOCK_LOW_AND_ABOVE
      BLOCK_MEDIUM_AND_ABOVE BLOCK_ONLY_HIGH BLOCK_NONE OFF
    TaskType = TASK_TYPE_UNSPECIFIED RETRIEVAL_QUERY RETRIEVAL_DOCUMENT SEMANTIC_SIMILARITY
      CLASSIFICATION CLUSTERING QUESTION_ANSWERING FACT_VERIFICATION CODE_RETRIEVAL_QUERY
    ThinkingLevel = THINKING_LEVEL_UNSPECIFIED LOW MEDIUM HIGH MINIMAL XHIGH
    Tool.ComputerUse.Environment = ENVIRONMENT_UNSPECIFIED ENVIRONMENT_BROWSER
    TunedModel.State = STATE_UNSPECIFIED CREATING ACTIVE FAILED
    Type = TYPE_UNSPECIFIED STRING NUMBER INTEGER BOOLEAN ARRAY OBJECT NULL
    """
}
